//! Any calls of the C interface, in any order, as a C program might make them that keeps to the
//! rules of the header, if only just: with null and foreign pointers, structs of all sizes, numbers
//! that are in no enum, and texts that are none.

mod arguments;
mod caches;
mod minters;
mod outcome;
mod services;
mod tokens;

use std::cell::Cell;
use std::panic;
use std::ptr;
use std::sync::Once;

use arbitrary::{Arbitrary, Unstructured};
use grantmint::*;

use self::arguments::{Pick, Pool, Shape, Struct, Text, Texts};
use self::outcome::{call, call_for};

/// More calls than these show nothing new.
const CALLS_MAX: usize = 64;

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    Token(tokens::Call<'a>),
    Cache(caches::Call<'a>),
    Minter(minters::Call<'a>),
    Clock(ClockCall),
    /// What a number says, if it is a status.
    Status(i32),
    OptionsInit {
        size: usize,
        room: u16,
        null: bool,
    },
    Service(services::Call<'a>),
}

#[derive(Arbitrary, Debug)]
enum ClockCall {
    New { unix_ms: u32 },
    Advance { clock: Pick, ms: u32 },
    Suspend { clock: Pick, ms: u32 },
    JumpWall { clock: Pick, ms: i32 },
    Read { clock: Pick },
    Free { clock: Pick },
}

/// The objects that are the caller's. Fields are dropped in their order, which is any order for the
/// library.
struct World {
    texts: Texts,
    /// An object of a class that nothing else takes.
    foreign: *mut grantmint_strings_t,
    clocks: Pool<grantmint_manual_clock_t>,
    keys: Pool<grantmint_api_key_t>,
    grants: Pool<grantmint_grant_t>,
    tokens: Pool<grantmint_access_token_t>,
    token_minters: Pool<grantmint_token_minter_t>,
    caches: Pool<grantmint_grant_cache_t>,
    handles: Pool<grantmint_grant_handle_t>,
    hits: Pool<grantmint_hit_t>,
    waiters: Pool<grantmint_waiter_t>,
    registrations: Pool<grantmint_registration_t>,
    tickets: Pool<grantmint_ticket_t>,
    sources: Pool<grantmint_source_t>,
    minters: Pool<grantmint_playback_minter_t>,
    streams: Pool<grantmint_stream_minter_t>,
    jwt_minters: Pool<grantmint_jwt_minter_t>,
}

/// Makes all the calls, then frees what is left.
pub fn check(input: &[u8]) {
    count_panics();
    let mut input = Unstructured::new(input);
    let mut world = World::new();
    let before = PANICS.get();
    for _ in 0..CALLS_MAX {
        if input.is_empty() {
            break;
        }
        let Ok(call) = Call::arbitrary(&mut input) else { break };
        world.make(call);
        world.texts.clear();
        caches::collect(&mut world);
    }
    drop(world);
    caches::collect_none();
    assert_eq!(PANICS.get(), before, "a panic was caught at the FFI boundary");
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            texts: Texts::default(),
            foreign: ptr::null_mut(),
            clocks: Pool::new(grantmint_manual_clock_free),
            keys: Pool::new(grantmint_api_key_free),
            grants: Pool::new(grantmint_grant_free),
            tokens: Pool::new(grantmint_access_token_free),
            token_minters: Pool::new(grantmint_token_minter_free),
            caches: Pool::new(grantmint_grant_cache_free),
            handles: Pool::new(grantmint_grant_handle_free),
            hits: Pool::new(grantmint_hit_free),
            waiters: Pool::new(grantmint_waiter_free),
            registrations: Pool::new(grantmint_registration_free),
            tickets: Pool::new(grantmint_ticket_free),
            sources: Pool::new(grantmint_source_free),
            minters: Pool::new(grantmint_playback_minter_free),
            streams: Pool::new(grantmint_stream_minter_free),
            jwt_minters: Pool::new(grantmint_jwt_minter_free),
        };
        world.make(Call::Token(tokens::Call::first_key()));
        world.foreign = tokens::no_strings(&mut world);
        world
    }

    fn make(&mut self, call: Call<'_>) {
        match call {
            Call::Token(call) => tokens::make(self, call),
            Call::Cache(call) => caches::make(self, call),
            Call::Minter(call) => minters::make(self, call),
            Call::Clock(call) => self.clock(call),
            Call::Status(number) => outcome::check_number(number),
            Call::OptionsInit { size, room, null } => options_init(size, room, null),
            Call::Service(call) => services::make(self, call),
        }
    }

    fn clock(&mut self, call: ClockCall) {
        let foreign = self.foreign;
        let pick = |clock| self.clocks.pick(clock, foreign).0;
        // SAFETY: [handles] each pointer is live, or one of those that are refused.
        unsafe {
            match call {
                ClockCall::New { unix_ms } => {
                    let clock = call_for(true, |out, error| {
                        grantmint_manual_clock_new(unix_ms.into(), out, error)
                    });
                    self.clocks.add(clock);
                }
                ClockCall::Advance { clock, ms } => {
                    grantmint_manual_clock_advance(pick(clock), ms.into());
                }
                ClockCall::Suspend { clock, ms } => {
                    grantmint_manual_clock_suspend(pick(clock), ms.into());
                }
                ClockCall::JumpWall { clock, ms } => {
                    grantmint_manual_clock_jump_wall(pick(clock), ms.into());
                }
                ClockCall::Read { clock } => {
                    let is_good = self.clocks.pick(clock, foreign).1;
                    let time = grantmint_manual_clock_unix_ms(pick(clock));
                    assert!(is_good || time == 0);
                }
                ClockCall::Free { clock } => self.clocks.free(clock, foreign),
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // SAFETY: [handles] it is live, and nothing refers to it.
        unsafe { grantmint_strings_free(self.foreign) };
    }
}

fn options_init(size: usize, room: u16, null: bool) {
    let is_good = (16..=4096).contains(&size) && size.is_multiple_of(8);
    // What is refused is not written to, so that there need be no room for it.
    let mut block = vec![0xff_u8; if is_good { size } else { room.into() }];
    let pointer = if null { ptr::null_mut() } else { block.as_mut_ptr().cast() };
    // SAFETY: [structs] there is room for `size` bytes if that is a size.
    let done =
        call(is_good && !null, |error| unsafe { grantmint_options_init(pointer, size, error) });
    assert_eq!(done, is_good && !null);
    if done {
        assert_eq!(block[..8], size.to_ne_bytes());
        assert!(block[8..].iter().all(|byte| *byte == 0));
    } else {
        assert!(block.iter().all(|byte| *byte == 0xff));
    }
}

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// The FFI boundary catches panics, and some functions cannot tell of them. libFuzzer's own hook ends the
/// process; `cargo test` has none.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            before(info);
        }));
    });
}
