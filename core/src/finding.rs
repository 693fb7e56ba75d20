//! The one table of what an examination of a token may find: faults and advice.

use std::fmt;

use crate::error::ErrorKind;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The token is refused.
    Error,
    /// The token is taken, but will not do what it is most likely meant for.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Writes [`FindingKind`] and its look-ups from one table, so that they cannot disagree. The numbers in
/// brackets are those of Twilio's error list; where there is none, Twilio has no word for it.
macro_rules! finding_kinds {
    ($($name:ident = $number:literal, $code:literal, $severity:ident, [$($twilio:literal)?],
       $meaning:literal, $fix:literal;)*) => {
        /// What was found in a token. Numbers and codes are stable for ever; kinds may be added.
        ///
        /// 200 to 206 are those of the [`ErrorKind`] with which [`verify`](crate::verify) refuses the token.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum FindingKind {
            $(#[doc = $meaning] $name = $number,)*
        }

        impl FindingKind {
            /// Every kind, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How bad it is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// The number of Twilio's error list that clients see, as a rule.
            #[must_use]
            pub const fn twilio(self) -> Option<u32> {
                match self { $(Self::$name => finding_kinds!(@number $($twilio)?),)* }
            }

            /// One line that says what is wrong.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// What to do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self { $(Self::$name => $fix,)* }
            }

            /// Where the documentation tells more: a path in the project, with an anchor.
            #[must_use]
            pub const fn doc_url(self) -> &'static str {
                match self { $(Self::$name => concat!("docs/findings.md#", $code),)* }
            }
        }
    };
    (@number) => { None };
    (@number $twilio:literal) => { Some($twilio) };
}

finding_kinds! {
    TokenMalformed = 200, "token_malformed", Error, [20101],
        "the token is not a well-formed Access Token",
        "copy the token again, whole and alone";
    TokenAlgorithm = 201, "token_algorithm", Error, [20102],
        "the token is signed with an algorithm that Twilio does not take",
        "sign with HS256, and name no critical extension";
    TokenSignature = 202, "token_signature", Error, [20107],
        "the signature is not that of the key",
        "sign with the secret of the key that iss names; after a rotation mint a new token";
    TokenExpired = 203, "token_expired", Error, [20104],
        "the token has expired",
        "mint a new one; a client that reconnects is refused too";
    TokenNotYetValid = 204, "token_not_yet_valid", Error, [20105],
        "the token is not valid yet",
        "leave nbf out, or set the clock of the machine that mints";
    TokenIssuer = 205, "token_issuer", Error, [20103],
        "the token was issued by another key or for another account",
        "iss is the SID of the API key (SK…), sub that of its account (AC…)";
    TokenClaims = 206, "token_claims", Error, [20101],
        "a claim is missing or of the wrong type",
        "mint the token with a library; every token has iss, sub, exp and grants";

    LifetimeTooLong = 600, "lifetime_too_long", Error, [20157],
        "the token is to be valid for more than 24 hours, which Twilio refuses",
        "keep to 86,400 seconds, and to 86,399 for Voice";
    SignatureUnchecked = 601, "signature_unchecked", Warning, [],
        "the signature was not checked, as no key was given",
        "give the API key whose SID is the token's iss";
    ShortSecret = 602, "short_secret", Warning, [],
        "a secret under 32 bytes is weaker than the signature it makes",
        "make a new API key; Twilio's secrets have 32 characters";

    HeaderUnknown = 610, "header_unknown", Note, [],
        "the header has a member that Access Tokens do not have",
        "leave it out";
    RegionMalformed = 611, "region_malformed", Warning, [20101],
        "twr is not the name of a region",
        "leave twr out, or name the key's region, such as us1, ie1 or au1";
    VideoRegion = 612, "video_region", Warning, [20101],
        "Programmable Video takes tokens signed with a us1 key only",
        "sign with a key of us1";

    NeverValid = 620, "never_valid", Warning, [],
        "exp does not lie after nbf and iat, so the token is never valid",
        "set exp to the time of minting and a lifetime in seconds";
    IssuedInFuture = 621, "issued_in_future", Warning, [],
        "iat lies in the future",
        "set the clock of the machine that mints";
    VoiceTtl = 622, "voice_ttl", Warning, [31207],
        "Voice may refuse a ttl of 86,400 seconds; keep to 86,399",
        "mint with a ttl of at most 86,399 seconds";
    JtiMissing = 623, "jti_missing", Note, [],
        "jti is missing or not a text",
        "name each token, as the helper libraries do: the key's SID, a hyphen and the time";

    IdentityMissing = 630, "identity_missing", Warning, [20106],
        "the token names no identity",
        "put the user's name into grants as identity";
    IdentityMisplaced = 631, "identity_misplaced", Warning, [20106],
        "identity stands among the claims, where Twilio does not look",
        "move it into grants";
    IdentityType = 632, "identity_type", Warning, [20106],
        "the identity is not a text",
        "write it with quotation marks";
    IdentityTooLong = 633, "identity_too_long", Warning, [20106],
        "the identity is too long",
        "keep to 128 characters with a video grant, and to 512 bytes";
    IdentitySpace = 634, "identity_space", Warning, [],
        "the identity begins or ends with white space, or has a control character in it",
        "trim what the user typed";
    VoiceIdentity = 635, "voice_identity", Warning, [20101],
        "Voice takes identities of ASCII letters, digits and underscores only",
        "use the user's id in your own system";
    VoiceIdentityLength = 636, "voice_identity_length", Warning, [20101],
        "Voice takes identities of at most 121 characters",
        "use the user's id in your own system";

    GrantsEmpty = 640, "grants_empty", Warning, [20106],
        "the token has no grant, so it opens nothing",
        "add the grant of the product that the token is for";
    GrantMisspelled = 641, "grant_misspelled", Warning, [20106],
        "Twilio does not know a grant of this name",
        "use the name that Twilio knows";
    GrantUnknown = 642, "grant_unknown", Note, [],
        "no product of Twilio is known that takes a grant of this name",
        "leave it out, unless a program of your own reads it";
    GrantLegacy = 643, "grant_legacy", Note, [],
        "the grant is of a product that Twilio has replaced",
        "use video in place of rtc, and chat in place of ip_messaging";
    GrantMalformed = 644, "grant_malformed", Warning, [20106],
        "the grant is not an object",
        "write the grant as a JSON object, not as a text that holds one";
    MemberMisspelled = 645, "member_misspelled", Warning, [],
        "the grant has no member of this name",
        "use the name that Twilio knows";
    MemberUnknown = 646, "member_unknown", Note, [],
        "Twilio's libraries write no member of this name into the grant",
        "leave it out";
    MemberType = 647, "member_type", Warning, [20106],
        "a member of the grant is of the wrong type",
        "write what the message says";
    MemberMissing = 648, "member_missing", Warning, [20106],
        "the grant lacks a member without which it opens nothing",
        "add the member";
    MemberEmpty = 649, "member_empty", Warning, [],
        "a member of the grant is an empty text",
        "leave the member out, or fill it";
    GrantSid = 650, "grant_sid", Warning, [20106],
        "a SID in the grant is not of the kind that belongs there",
        "copy the SID from the Twilio Console";
    RoomTooLong = 651, "room_too_long", Warning, [20106],
        "the room's name is over 128 characters",
        "name the room by its SID";
    VoiceParams = 652, "voice_params", Warning, [],
        "outgoing_application_params are left out without outgoing_application_sid",
        "give the application's SID, AP…";
    VoiceOpensNothing = 653, "voice_opens_nothing", Warning, [],
        "the voice grant allows neither incoming nor outgoing calls",
        "allow incoming calls, or give the application of outgoing ones";
    PlayerRefuses = 654, "player_refuses", Warning, [20101],
        "a player refuses the player grant",
        "put the endpoint's grant into the token as it is, and while it is new";

    TokenLong = 660, "token_long", Warning, [],
        "the token is over 4 KiB, which URLs and headers may not bear",
        "carry less in it: the service can look the rest up";
    ZoomTtl = 661, "zoom_ttl", Warning, [],
        "Zoom refuses a token of exactly 1,800 seconds as soon as a clock is behind",
        "mint with a ttl of more than 1,800 seconds";
    ZoomTopicLong = 662, "zoom_topic_long", Warning, [],
        "a session name of over 150 characters is refused by some of Zoom's SDKs",
        "name the session in at most 150 characters";
    JitsiRoomCase = 663, "jitsi_room_case", Warning, [],
        "Jitsi lowers A to Z in room names and no other capitals, so this room is never found",
        "write the room's name in lower case";
    OtherService = 664, "other_service", Note, [],
        "the token is one of another service, and Twilio takes none of it",
        "show it to that service";
    ServiceClaim = 665, "service_claim", Warning, [],
        "a claim is not what the service takes there",
        "write what the message says";
    ServiceClaimMissing = 666, "service_claim_missing", Warning, [],
        "a claim is missing without which the service refuses the token",
        "add the claim";
    ServiceLifetime = 667, "service_lifetime", Warning, [],
        "the service takes no token of this lifetime",
        "mint with a ttl that the service takes";
    NotBackdated = 668, "not_backdated", Warning, [],
        "the token is valid from its minting on, so a server whose clock is behind refuses it",
        "set nbf 10 seconds back, as backdate does";
    TimeFraction = 669, "time_fraction", Warning, [],
        "a time has a fraction, which many services refuse",
        "write times as whole seconds";

    MoreFindings = 699, "more_findings", Note, [],
        "there is more to say of this token than an examination lists",
        "mend what is listed, and examine the token again";
}

impl FindingKind {
    /// The stable number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The finding of a token that [`verify`](crate::verify) refuses with such an error.
    pub(crate) fn of_error(kind: ErrorKind) -> Option<Self> {
        Self::ALL.iter().copied().find(|found| i32::from(found.number()) == kind.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_verify_refuses_has_the_number_and_code_of_its_error() {
        let of_tokens = ErrorKind::ALL.iter().filter(|kind| (200..300).contains(&kind.number()));
        for kind in of_tokens {
            let finding = FindingKind::of_error(*kind).unwrap();
            assert_eq!((finding.code(), finding.severity()), (kind.code(), Severity::Error));
        }
        assert_eq!(FindingKind::of_error(ErrorKind::InvalidSid), None);
    }

    #[test]
    fn no_number_and_no_code_stands_twice() {
        for pair in FindingKind::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number(), "{pair:?}");
        }
        for (index, kind) in FindingKind::ALL.iter().enumerate() {
            let others = &FindingKind::ALL[index + 1..];
            assert!(others.iter().all(|other| other.code() != kind.code()), "{kind:?}");
            let own = kind.number() >= 600;
            assert!(!own || ErrorKind::from_code(kind.code()).is_none(), "{kind:?}");
        }
    }
}
