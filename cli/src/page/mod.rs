//! All of this in a browser: a web server on loopback for one user, and the files and calls that it serves.

mod fleet;
mod generate;
mod inspect;
mod routes;
mod server;
mod session;
mod showtime;
mod static_files;
mod terminal;
mod upstream;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Instant;

use grantmint_core::ApiKey;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use self::fleet::FleetView;
use self::routes::Page;
use self::server::{AllowedHosts, listen};
use self::session::Session;
use self::showtime::Showtime;
use self::terminal::Terminal;
use self::upstream::Upstream;
use crate::args::PageArgs;
use crate::credentials::api_key_if_any;
use crate::exit::{Exit, Failure};
use crate::fleet::Way;
use crate::output::Messages;

pub(crate) use self::fleet::{is_member, run_member};

/// Calls that may block, such as those of upstream.
const BLOCKING_THREADS: usize = 16;

/// Serves until Ctrl-C.
pub(crate) fn run(args: &PageArgs) -> Result<Exit, Failure> {
    let (upstream, key) = upstream(args)?;
    let way = Way::of(&args.store, &args.server).unwrap_or_else(Way::host)?;
    let fleet = FleetView::new(way)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(|_| Failure::failed("the system starts no more threads"))?;
    runtime.block_on(async {
        let cannot =
            |error| Failure::failed(format!("the page cannot listen on 127.0.0.1: {error}"));
        // A port that was never used before: what an old page left in the browser belongs to another.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(cannot)?;
        let port = listener.local_addr().map_err(cannot)?.port();
        let page = Arc::new(Page {
            hosts: AllowedHosts::new(&args.allow_host, port),
            session: Session::default(),
            terminal: Terminal::new(port),
            key,
            upstream,
            showtime: Showtime::default(),
            fleet,
        });
        page.show_link(!args.no_open)?;
        let again = Arc::clone(&page);
        terminal::on_enter(move || {
            let _ = again.show_link(false);
        });
        listen(listener, page).await;
        Ok(Exit::Good)
    })
}

/// The key, and where its grants come from: without any key, the demo's.
fn upstream(args: &PageArgs) -> Result<(Upstream, ApiKey), Failure> {
    let key = if args.demo { None } else { api_key_if_any(&args.credentials)? };
    let Some(key) = key else { return Upstream::demo() };
    key.say(Messages::default());
    Ok((Upstream::Real(args.base_url.clone()), key.key))
}

impl Page {
    fn show_link(&self, opens: bool) -> Result<(), Failure> {
        let code = self.session.new_code(Instant::now())?;
        self.terminal.show(&code, opens);
        Ok(())
    }
}
