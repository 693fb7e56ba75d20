//! Why a token is turned away before anybody looks at its grants, and by the CDN; the other reasons are the judges'.

use grantmint_core::judge::Refusal;

macro_rules! refusals {
    ($($name:ident = $reason:literal $code:literal $message:literal;)*) => {
        $(pub(crate) const $name: Refusal =
            Refusal { reason: $reason, code: $code, message: $message };)*
    };
}

refusals! {
    // Any Access Token.
    TOKEN_MALFORMED = "token_malformed" 20101 "The token is not three parts of base64url and JSON";
    TOKEN_TOO_LONG = "token_too_long" 20101 "The token is longer than 128 KiB";
    HEADER_TYP = "header_typ" 20102 "The header's typ is not JWT";
    HEADER_ALG = "header_alg" 20102 "The header's alg is not HS256";
    HEADER_CTY = "header_cty" 20102 "The header's cty is not twilio-fpa;v=1";
    ISSUER_UNKNOWN = "issuer_unknown" 20103 "iss is not the SID of a known API key";
    SUBJECT_MISMATCH = "subject_mismatch" 20103 "sub is not the account of the key";
    SIGNATURE_INVALID = "signature_invalid" 20107 "The signature is not the key's";
    EXPIRY_MISSING = "expiry_missing" 20104 "exp is absent or not a number";
    TOKEN_EXPIRED = "token_expired" 20104 "The token has expired";
    LIFETIME_TOO_LONG = "lifetime_too_long" 20157 "The token would be valid for more than 24 hours";
    NOT_YET_VALID = "not_yet_valid" 20105 "The token is not valid yet";
    GRANTS_MISSING = "grants_missing" 20106 "grants is absent or not an object";

    // The CDN.
    URL_TOKEN_MALFORMED = "url_token_malformed" 56001 "The URL's token is no ES384 token";
    URL_TOKEN_SIGNATURE = "url_token_signature" 56001 "The URL's token was not signed here";
    CHANNEL_MISMATCH = "channel_mismatch" 56001 "The URL is not that of the player streamer";
}
