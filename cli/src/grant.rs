//! `grant`: one playback grant, and the request for it.

use grantmint_core::{ApiKey, GrantRequest, GrantSource as _, Origin, PlaybackGrantClient};

use crate::args::{GrantArgs, UpstreamArgs};
use crate::credentials::api_key;
use crate::exit::{Exit, Failure};
use crate::flags::named;
use crate::output::{Messages, Stdout};

/// Prints the grant as upstream gives it, in one line.
pub(crate) fn run(args: &GrantArgs, messages: Messages) -> Result<Exit, Failure> {
    if args.upstream.curl {
        return print_curl(&args.streamer, &args.upstream);
    }
    let request = request(&args.streamer, &args.upstream)?;
    let key = api_key(&args.credentials)?;
    key.say(messages);
    let client = PlaybackGrantClient::new(&key.key, &args.upstream.way.options()?);
    let fetched = client.and_then(|client| client.fetch(&request, args.upstream.way.timeout));
    let fetched = fetched.map_err(named)?;
    let mut stdout = Stdout::open()?;
    if !args.messages.silent {
        stdout.line([fetched.grant_json()])?;
    }
    stdout.flush()?;
    Ok(Exit::Good)
}

fn request(streamer: &str, args: &UpstreamArgs) -> Result<GrantRequest, Failure> {
    let origin = args.allow_origin.as_deref().map(Origin::parse).transpose().map_err(named)?;
    GrantRequest::new(streamer, args.grant_ttl, origin).map_err(named)
}

/// Prints the request as a command for curl. It names the variables of the key: what curl is given as an argument all
/// users of the machine can read, and so it gets the key on stdin.
pub(crate) fn print_curl(streamer: &str, args: &UpstreamArgs) -> Result<Exit, Failure> {
    let request = request(streamer, args)?;
    let options = args.way.options()?;
    // Checks the way without a key of the user's.
    let nobody = ApiKey::new(&format!("AC{:032}", 0), &format!("SK{:032}", 0), "nobody");
    nobody.and_then(|key| PlaybackGrantClient::new(&key, &options)).map_err(named)?;
    let base_url = options.base_url.trim_end_matches('/').trim_end_matches("/v1");
    let mut command = format!("curl --config - --data Ttl={}", request.ttl());
    if let Some(origin) = request.origin() {
        command +=
            &format!(" --data-urlencode {}", quoted(&format!("AccessControlAllowOrigin={origin}")));
    }
    if options.proxy.is_some() {
        command += " --proxy \"$HTTPS_PROXY\"";
    }
    if options.ca_file.is_some() {
        command += " --cacert \"$CURL_CA_BUNDLE\"";
    }
    let url = format!("{base_url}/v1/PlayerStreamers/{}/PlaybackGrant", request.streamer());
    let user = "user = \"$TWILIO_API_KEY:$TWILIO_API_SECRET\"";
    let mut stdout = Stdout::open()?;
    stdout.line([&*command, " ", &quoted(&url), " <<EOF\n", user, "\nEOF"])?;
    stdout.flush()?;
    Ok(Exit::Good)
}

/// A text as a shell reads it back.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
