//! The hot functions of a `TokenMinter`.

use std::sync::Arc;

use grantmint_core::{TokenMinter, WipedString};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};

use super::call::Call;
use super::failure::Result;
use super::function::{Hot, function};
use super::handles::Handles;

/// `mint(identity)`.
pub(crate) fn mint<'env>(env: &'env Env, minter: &Arc<TokenMinter>) -> napi::Result<Unknown<'env>> {
    function(env, c"mint", Mint(Arc::clone(minter)))
}

/// `mintMany(array)`.
pub(crate) fn mint_many<'env>(
    env: &'env Env,
    minter: &Arc<TokenMinter>,
) -> napi::Result<Unknown<'env>> {
    function(env, c"mintMany", MintMany(Arc::clone(minter)))
}

struct Mint(Arc<TokenMinter>);

impl Hot for Mint {
    #[inline]
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let jwt = call.text(0, "identity", |identity| self.0.mint(identity))??;
        call.ascii(&WipedString::from(jwt))
    }
}

struct MintMany(Arc<TokenMinter>);

impl Hot for MintMany {
    fn call(&self, call: &Call) -> Result<sys::napi_value> {
        let identities = call.texts(0, "identities")?;
        let tokens = call.array(identities.len())?;
        let (mut index, mut failure) = (0, None);
        let mut handles = Handles::open(call)?;
        self.0.mint_each(&identities.iter().collect::<Vec<_>>(), |token| {
            if failure.is_none() {
                let renewed = handles.renew_at(index);
                let put = |()| call.put(tokens, index, call.ascii(token)?);
                failure = renewed.and_then(put).err();
            }
            index += 1;
        })?;
        failure.map_or(Ok(tokens), Err)
    }
}
