//! What the FFI boundary to C costs: a token into a buffer through the function that C calls, against
//! the same through the Rust interface.

use std::ptr;

use grantmint::*;
use grantmint_bench::cases::{ACCOUNT_SID, Case, KEY_SID, SECRET, TTL};
use grantmint_bench::rounds::{Effort, Times, contestant};

use crate::report::Report;

/// Most times the Rust call that the C call may take.
const BAR: f64 = 1.25;

pub(crate) fn run(report: &mut Report, effort: Effort, identities: &[String]) {
    for (name, case) in [("video", Case::video()), ("playback, 0.9 KB", Case::playback(900))] {
        let (rust, c) = (case.minter(), CMinter::new(&case));
        let (mut token, mut buffer) = (String::new(), vec![0_u8; 8192]);
        let mut contestants = [
            contestant(|identity| rust.mint_into(&mut token, identity)),
            contestant(|identity| c.mint_into(&mut buffer, identity)),
        ];
        let times = Times::measure(effort, identities, &mut contestants);
        let names = ["TokenMinter::mint_into", "grantmint_token_minter_mint_into"];
        report.medians(&format!("through C, {name}"), &names, &times);
        report.at_most("C / Rust", times.median_of(|round| round[1] / round[0]), BAR);
    }
}

/// A minter as C has one.
struct CMinter(*mut grantmint_token_minter_t);

impl CMinter {
    fn new(case: &Case) -> Self {
        let (mut key, mut grant, mut minter) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: [handles], [strings], [structs], [outputs] what is read lives, and what is
        // written has room; the options may be zero.
        unsafe {
            let none = ptr::null_mut();
            let (account_sid, key_sid, secret) = (text(ACCOUNT_SID), text(KEY_SID), text(SECRET));
            ok(grantmint_api_key_new(account_sid, key_sid, secret, &mut key, none));
            let (name, json) = (text(case.grant_key), text(&case.grant_json));
            ok(grantmint_grant_new_custom(name, json, &mut grant, none));
            let grants = [grant.cast_const()];
            let mut options: grantmint_token_minter_options_t = std::mem::zeroed();
            options.struct_size = size_of_val(&options);
            options.grants = grants.as_ptr();
            options.grants_len = grants.len();
            options.ttl = TTL;
            ok(grantmint_token_minter_new(key, &options, &mut minter, none));
            grantmint_grant_free(grant);
            grantmint_api_key_free(key);
        }
        Self(minter)
    }

    fn mint_into(&self, buffer: &mut [u8], identity: &str) -> usize {
        let mut len = 0;
        // SAFETY: [handles], [strings], [buffers] the minter lives, and the buffer is as large as
        // it says.
        ok(unsafe {
            grantmint_token_minter_mint_into(
                self.0,
                text(identity),
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &mut len,
                ptr::null_mut(),
            )
        });
        len
    }
}

impl Drop for CMinter {
    fn drop(&mut self) {
        // SAFETY: [handles] nobody uses it any more.
        unsafe { grantmint_token_minter_free(self.0) };
    }
}

fn text(text: &str) -> grantmint_str_t {
    grantmint_str_t { data: text.as_ptr().cast(), len: text.len() }
}

fn ok(status: grantmint_status_t) {
    assert_eq!(status, grantmint_status_t::GRANTMINT_OK);
}
