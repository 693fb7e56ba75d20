// The examples use four names beside those of the package: `key` is an ApiKey, `live` a PlaybackMinter, `cache` a
// GrantCache, and `streamer` the SID of a stream. The tests compile and run each of them.

/** The version of this package. */
export const version: string;

/** The number and the meaning of every error, whether a retry can help, and where it is explained, by its code. */
export const ERRORS: Readonly<
  Record<
    ErrorCode,
    {
      readonly number: number;
      readonly isRetryable: boolean;
      readonly meaning: string;
      readonly docUrl: string;
    }
  >
>;

/** Every limit of tokens. */
export const LIMITS: Limits;

/** The limits of tokens: the largest value that is allowed, or for a name in `_MIN` the smallest. */
export interface Limits {
  /** Shortest lifetime of a token in seconds: grantmint, as less is born expired. */
  readonly TTL_MIN: number;
  /** Longest lifetime of a token in seconds: Twilio refuses more than a day (error 20157). */
  readonly TTL_MAX: number;
  /** Lifetime of a token in seconds if none is given: as in Twilio's helper libraries. */
  readonly TTL_DEFAULT: number;
  /** Longest lifetime of a voice token in seconds, advice only: Twilio's page on error 31207. */
  readonly VOICE_TTL_MAX: number;
  /** Longest identity in characters with a voice grant, advice only: Twilio's pages on Voice clients. */
  readonly VOICE_IDENTITY_MAX_CHARS: number;
  /** Latest time in seconds since 1970: grantmint, the end of the year 9999. */
  readonly UNIX_SECONDS_MAX: number;
  /** Longest identity in bytes of UTF-8: grantmint. */
  readonly IDENTITY_MAX_BYTES: number;
  /** Longest identity in characters with a video grant: Twilio's limits of Programmable Video. */
  readonly VIDEO_IDENTITY_MAX_CHARS: number;
  /** Longest room name in characters: Twilio's limits of Programmable Video. */
  readonly ROOM_MAX_CHARS: number;
  /** Most grants in one token: grantmint, twice the kinds that exist. */
  readonly GRANTS_MAX: number;
  /** Longest key of a custom grant in bytes: grantmint. */
  readonly GRANT_KEY_MAX_BYTES: number;
  /** Largest JSON of one grant, and of all in one token, in bytes: grantmint. */
  readonly GRANTS_JSON_MAX_BYTES: number;
  /** Deepest nesting in the JSON of a grant: grantmint, half of what common readers bear. */
  readonly GRANT_JSON_MAX_DEPTH: number;
  /** Longest lifetime in seconds that a JwtMinter can be allowed: grantmint, a year. */
  readonly JWT_TTL_MAX: number;
  /** Most seconds that a JwtMinter sets iat and nbf back: grantmint, as clocks that differ by more are broken. */
  readonly BACKDATE_MAX: number;
  /** Most slots of a JwtMinter: grantmint. */
  readonly SLOTS_MAX: number;
  /** Longest name of a slot in bytes: grantmint. */
  readonly SLOT_NAME_MAX_BYTES: number;
  /** Largest whole number in a claim, either way: 2^53 - 1, as RFC 8259, section 6, advises. */
  readonly SAFE_INTEGER_MAX: number;
  /** Longest token of a JwtMinter in bytes, advice only: what URLs and headers bear. */
  readonly JWT_ADVISED_BYTES: number;
  /** Most items in each list and each object that describes a RestSource: grantmint. */
  readonly REST_ITEMS_MAX: number;
  /** Deepest nesting in the header and the claims of a token to decode or verify: grantmint, as serde_json. */
  readonly TOKEN_JSON_MAX_DEPTH: number;
  /** Largest token to sign, decode or verify, in bytes: grantmint. */
  readonly TOKEN_MAX_BYTES: number;
  /** Largest text to look for a token in, in bytes: grantmint, a token and what is copied with it. */
  readonly COPIED_TEXT_MAX_BYTES: number;
  /** Most clock difference in seconds that a verifier may forgive: grantmint. */
  readonly LEEWAY_MAX: number;
  /** Shortest secret in bytes for HMAC-SHA256, advice only: RFC 7518, section 3.2. */
  readonly SECRET_ADVISED_BYTES: number;
}

// Errors

/** The stable names of errors. */
export type ErrorCode =
  | 'ERR_GRANTMINT_INVALID_ARGUMENT'
  | 'ERR_GRANTMINT_INVALID_SID'
  | 'ERR_GRANTMINT_INVALID_CREDENTIALS'
  | 'ERR_GRANTMINT_INVALID_IDENTITY'
  | 'ERR_GRANTMINT_INVALID_TTL'
  | 'ERR_GRANTMINT_INVALID_GRANT'
  | 'ERR_GRANTMINT_INVALID_ORIGIN'
  | 'ERR_GRANTMINT_INVALID_URL'
  | 'ERR_GRANTMINT_LIMIT_EXCEEDED'
  | 'ERR_GRANTMINT_TOKEN_MALFORMED'
  | 'ERR_GRANTMINT_TOKEN_ALGORITHM'
  | 'ERR_GRANTMINT_TOKEN_SIGNATURE'
  | 'ERR_GRANTMINT_TOKEN_EXPIRED'
  | 'ERR_GRANTMINT_TOKEN_NOT_YET_VALID'
  | 'ERR_GRANTMINT_TOKEN_ISSUER'
  | 'ERR_GRANTMINT_TOKEN_CLAIMS'
  | 'ERR_GRANTMINT_UPSTREAM_BAD_REQUEST'
  | 'ERR_GRANTMINT_UPSTREAM_UNAUTHORIZED'
  | 'ERR_GRANTMINT_UPSTREAM_FORBIDDEN'
  | 'ERR_GRANTMINT_UPSTREAM_NOT_FOUND'
  | 'ERR_GRANTMINT_THROTTLED'
  | 'ERR_GRANTMINT_UPSTREAM_UNAVAILABLE'
  | 'ERR_GRANTMINT_UPSTREAM_TIMEOUT'
  | 'ERR_GRANTMINT_UPSTREAM_CONNECT'
  | 'ERR_GRANTMINT_UPSTREAM_TLS'
  | 'ERR_GRANTMINT_UPSTREAM_STATUS'
  | 'ERR_GRANTMINT_UPSTREAM_NOT_JSON'
  | 'ERR_GRANTMINT_UPSTREAM_NO_GRANT'
  | 'ERR_GRANTMINT_UPSTREAM_TOO_LARGE'
  | 'ERR_GRANTMINT_GRANT_TOO_SHORT'
  | 'ERR_GRANTMINT_SOURCE_FAILED'
  | 'ERR_GRANTMINT_PROXY_REFUSED'
  | 'ERR_GRANTMINT_UPSTREAM_BAD_LIFETIME'
  | 'ERR_GRANTMINT_DEADLINE_EXCEEDED'
  | 'ERR_GRANTMINT_CANCELLED'
  | 'ERR_GRANTMINT_ABANDONED'
  | 'ERR_GRANTMINT_OVERLOADED'
  | 'ERR_GRANTMINT_CLOSED'
  | 'ERR_GRANTMINT_UNSUPPORTED'
  | 'ERR_GRANTMINT_PANIC'
  | 'ERR_GRANTMINT_NULL_POINTER'
  | 'ERR_GRANTMINT_INVALID_UTF8'
  | 'ERR_GRANTMINT_BUFFER_TOO_SMALL'
  | 'ERR_GRANTMINT_STRUCT_SIZE';

/** The options of an error that you make, such as one that a source throws. */
export interface ErrorOptions {
  /** The kind of error. If left out, that of the class. */
  code?: ErrorCode | undefined;
  /** After how many milliseconds a retry makes sense, 0 or more. */
  retryAfterMs?: number | undefined;
  /** What caused it, such as what a source threw. */
  cause?: unknown;
}

/** What `JSON.stringify` writes of an error, and {@link GrantmintError.from} reads. Its cause is not in it. */
export interface PlainError {
  /** The name of its class. */
  name: string;
  /** The stable name of the error. */
  code: ErrorCode;
  /** What went wrong. */
  message: string;
  /** After how many milliseconds a retry makes sense, if that is known. */
  retryAfterMs?: number | undefined;
  /** The argument or option at fault, if it is one. */
  argument?: string | undefined;
}

/**
 * The class of all errors of grantmint. No message holds a secret, a token or a grant.
 *
 * Between processes and worker threads Node passes on no more of an error than its message and stack. Send
 * `error.toJSON()`, and make the error again where it arrives with `GrantmintError.from`.
 *
 * @example
 * ```js
 * try {
 *   await live.token('VJ-typo', 'alice');
 * } catch (error) {
 *   if (!(error instanceof GrantmintError)) throw error;
 *   console.log(error.code, error.argument); // ERR_GRANTMINT_INVALID_SID streamer
 *   console.log(error.docUrl); // docs/errors.md#invalid_sid
 *   console.log(error.isRetryable ? 503 : 400); // 400
 * }
 * ```
 */
export class GrantmintError extends Error {
  /**
   * @param message What went wrong. That of `code` in `ERRORS` if left out. It must not hold a secret.
   * @param options See {@link ErrorOptions}.
   * @throws {InvalidArgumentError} For an option that does not exist, such as `retryAfter`, or a wrong value.
   */
  constructor(message?: string, options?: ErrorOptions);
  /**
   * The error that this was made of: what `toJSON` returned, or its JSON once parsed. Of what `structuredClone`,
   * `postMessage` or the IPC of a child process made of the error itself, the code is read from the stack, and
   * `retryAfterMs` and `argument` are lost. An error of this class is returned as it is.
   *
   * @param value What arrived.
   * @throws {InvalidArgumentError} If it is no error of grantmint.
   * @example
   * ```js
   * const sent = structuredClone(new ThrottledError('too many', { retryAfterMs: 5000 }).toJSON());
   * const error = GrantmintError.from(sent);
   * console.log(error instanceof ThrottledError, error.retryAfterMs); // true 5000
   * ```
   */
  static from(value: unknown): GrantmintError;
  /** The error as a plain object, without its cause and its stack. */
  toJSON(): PlainError;
  /** The stable name of the error. */
  readonly code: ErrorCode;
  /** The stable number of the error. */
  readonly number: number;
  /**
   * Whether the same call may succeed later with the same arguments. A web server answers 503 if it is true. If it is
   * false, somebody has to act: on the arguments (400), or on the key, the certificate or the program (500, 502).
   */
  readonly isRetryable: boolean;
  /**
   * After how many milliseconds a retry makes sense, if that is known, as it always is when throttled or overloaded.
   * `Retry-After` is `Math.ceil(retryAfterMs / 1000)`.
   */
  readonly retryAfterMs?: number | undefined;
  /** The argument or option at fault, such as `grantTtl` or `identities[2]`. Undefined for other errors. */
  readonly argument?: string | undefined;
  /** Where the documentation explains the error: a path in the project, with an anchor. */
  readonly docUrl: string;
}

/** An argument is wrong. Numbers 100 to 199, and 902 for a text that is not valid UTF-8. */
export class InvalidArgumentError extends GrantmintError {}
/** A token does not decode or verify. Numbers 200 to 299. */
export class TokenError extends GrantmintError {}
/** A grant could not be fetched. Numbers 300 to 399. */
export class UpstreamError extends GrantmintError {}
/**
 * Upstream limits the account's requests. Number 304. A source throws it with `retryAfterMs` so that no
 * request of the account is sent for that time.
 *
 * @example
 * ```js
 * const source = async () => {
 *   throw new ThrottledError('the server of grants answered 429', { retryAfterMs: 5000 });
 * };
 * const elsewhere = new PlaybackMinter(key, { source });
 * await elsewhere.token(streamer, 'alice').catch(({ code }) => console.log(code)); // ERR_GRANTMINT_THROTTLED
 * ```
 */
export class ThrottledError extends UpstreamError {}
/** No grant came within the caller's timeout. Number 400. */
export class DeadlineError extends GrantmintError {}

// Keys and grants

/**
 * An API key of an account. It is checked, never shown, and wiped from memory after its last use.
 *
 * @example
 * ```js
 * const key = new ApiKey(
 *   'AC00000000000000000000000000000001',
 *   'SK00000000000000000000000000000002',
 *   'the secret shown once in the console',
 * );
 * console.log(key.keySid); // SK00000000000000000000000000000002
 * ```
 */
export class ApiKey {
  /**
   * @param accountSid The account, AC and 32 hexadecimal digits.
   * @param keySid The key, SK and 32 hexadecimal digits.
   * @param secret The key's secret, at most 4,096 bytes. Twilio's console shows it once.
   * @param options See {@link ApiKeyOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID, or ERR_GRANTMINT_INVALID_CREDENTIALS for a secret that is
   *   empty or too long and for SIDs that are swapped.
   */
  constructor(accountSid: string, keySid: string, secret: string, options?: ApiKeyOptions);
  /**
   * A key from the variables TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET.
   *
   * @param env Where the variables are. `process.env` if left out.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_CREDENTIALS names a variable that is missing or empty.
   *   Otherwise as the constructor.
   * @example
   * ```js
   * const key = ApiKey.fromEnv();
   * console.log(new TokenMinter(key).mint('alice').split('.').length); // 3
   * ```
   */
  static fromEnv(env?: Readonly<Record<string, string | undefined>>): ApiKey;
  /** The account, as it was given. */
  readonly accountSid: string;
  /** The key, as it was given. */
  readonly keySid: string;
  /** Twilio's region that tokens name in their header, if any. */
  readonly region: string | undefined;
}

/** The options of a key. */
export interface ApiKeyOptions {
  /** Twilio's region that tokens name in their header, such as `ie1`. */
  region?: string | undefined;
}

/** JSON: text or bytes of it, which are kept byte for byte, or a value to write. */
export type Json =
  string | Uint8Array | { readonly [name: string]: unknown } | readonly unknown[] | number | boolean | null;

/** What all grants have. */
interface Grant {
  /** The name under which it stands in a token. */
  readonly key: string;
  /** The JSON that stands under that name. */
  toJson(): string;
}

/** The options of a VideoGrant. */
export interface VideoGrantOptions {
  /** The room: its unique name or its SID, at most 128 characters. Any room if left out. */
  room?: string | undefined;
}

/**
 * Lets its user join rooms of Programmable Video: one, or any.
 *
 * @example
 * ```js
 * console.log(new VideoGrant({ room: 'DailyStandup' }).toJson()); // {"room":"DailyStandup"}
 * ```
 */
export class VideoGrant implements Grant, Readonly<VideoGrantOptions> {
  /**
   * @param options See {@link VideoGrantOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_GRANT for a room of over 128 characters.
   */
  constructor(options?: VideoGrantOptions);
  readonly room?: string | undefined;
  readonly key: string;
  toJson(): string;
}

/** The options of a ChatGrant and an IpMessagingGrant. */
export interface ChatGrantOptions {
  /** The service, IS…. */
  serviceSid?: string | undefined;
  /** A name for the device and user. */
  endpointId?: string | undefined;
  /** The role in the deployment, RL…. */
  deploymentRoleSid?: string | undefined;
  /** The push credential for notifications, CR…. */
  pushCredentialSid?: string | undefined;
}

/**
 * Lets its user chat. The Conversations SDK takes the same grant.
 *
 * @example
 * ```js
 * const grant = new ChatGrant({ serviceSid: 'IS00000000000000000000000000000001' });
 * console.log(grant.key, grant.toJson()); // chat {"service_sid":"IS00000000000000000000000000000001"}
 * ```
 */
export class ChatGrant implements Grant, Readonly<ChatGrantOptions> {
  /**
   * @param options See {@link ChatGrantOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID for a SID of another kind; `argument` is the option.
   */
  constructor(options?: ChatGrantOptions);
  readonly serviceSid?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly deploymentRoleSid?: string | undefined;
  readonly pushCredentialSid?: string | undefined;
  readonly key: string;
  toJson(): string;
}

/**
 * Legacy: the predecessor of ChatGrant.
 *
 * @example
 * ```js
 * console.log(new IpMessagingGrant({ endpointId: 'browser-7' }).toJson()); // {"endpoint_id":"browser-7"}
 * ```
 */
export class IpMessagingGrant implements Grant, Readonly<ChatGrantOptions> {
  /**
   * @param options See {@link ChatGrantOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID for a SID of another kind; `argument` is the option.
   */
  constructor(options?: ChatGrantOptions);
  readonly serviceSid?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly deploymentRoleSid?: string | undefined;
  readonly pushCredentialSid?: string | undefined;
  readonly key: string;
  toJson(): string;
}

/** The options of a SyncGrant. */
export interface SyncGrantOptions {
  /** The service, IS…. */
  serviceSid?: string | undefined;
  /** A name for the device and user. */
  endpointId?: string | undefined;
}

/**
 * Lets its user read and write the state of a Sync service.
 *
 * @example
 * ```js
 * const grant = new SyncGrant({ serviceSid: 'IS00000000000000000000000000000001' });
 * console.log(grant.key, grant.toJson()); // data_sync {"service_sid":"IS00000000000000000000000000000001"}
 * ```
 */
export class SyncGrant implements Grant, Readonly<SyncGrantOptions> {
  /**
   * @param options See {@link SyncGrantOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID for a SID of another kind; `argument` is the option.
   */
  constructor(options?: SyncGrantOptions);
  readonly serviceSid?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly key: string;
  toJson(): string;
}

/** The options of a TaskRouterGrant. */
export interface TaskRouterGrantOptions {
  /** The workspace, WS…. */
  workspaceSid?: string | undefined;
  /** The worker, WK…. */
  workerSid?: string | undefined;
  /** The user's role, such as `worker`. */
  role?: string | undefined;
}

/**
 * Lets its user act as a worker of a TaskRouter workspace. Flex takes the same grant.
 *
 * @example
 * ```js
 * const grant = new TaskRouterGrant({ workerSid: 'WK00000000000000000000000000000001', role: 'worker' });
 * console.log(grant.toJson()); // {"worker_sid":"WK00000000000000000000000000000001","role":"worker"}
 * ```
 */
export class TaskRouterGrant implements Grant, Readonly<TaskRouterGrantOptions> {
  /**
   * @param options See {@link TaskRouterGrantOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID for a SID of another kind; `argument` is the option.
   */
  constructor(options?: TaskRouterGrantOptions);
  readonly workspaceSid?: string | undefined;
  readonly workerSid?: string | undefined;
  readonly role?: string | undefined;
  readonly key: string;
  toJson(): string;
}

/** The options of an RtcGrant. */
export interface RtcGrantOptions {
  /** The configuration profile, CP…. */
  configurationProfileSid?: string | undefined;
}

/**
 * Legacy: lets its user take part in conversations, which rooms replaced.
 *
 * @example
 * ```js
 * console.log(new RtcGrant().toJson()); // {}
 * ```
 */
export class RtcGrant implements Grant, Readonly<RtcGrantOptions> {
  /**
   * @param options See {@link RtcGrantOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID for a SID of another kind; `argument` is the option.
   */
  constructor(options?: RtcGrantOptions);
  readonly configurationProfileSid?: string | undefined;
  readonly key: string;
  toJson(): string;
}

/** The options of a VoiceGrant. */
export interface VoiceGrantOptions {
  /** Whether the user may receive calls. */
  incomingAllow?: boolean | undefined;
  /** The TwiML application that outgoing calls go through, AP…. */
  outgoingApplicationSid?: string | undefined;
  /**
   * Parameters that the application gets with each outgoing call. Left out without an application, of which `warnings()`
   * tells as `voice_params`.
   */
  outgoingApplicationParams?: Json | undefined;
  /** The push credential that announces calls, CR…. */
  pushCredentialSid?: string | undefined;
  /** A name for the device. */
  endpointId?: string | undefined;
}

/**
 * Lets its user make and receive calls. Voice takes identities of ASCII letters, digits and underscores only, at most 121
 * of them, and a `ttl` of at most 86,399 seconds. A token that breaks this is minted, and `warnings()` tells of it.
 *
 * @example
 * ```js
 * const grant = new VoiceGrant({
 *   incomingAllow: true,
 *   outgoingApplicationSid: 'AP00000000000000000000000000000001',
 * });
 * const token = new AccessToken(key, { identity: 'alice@home', grants: [grant] });
 * console.log(token.warnings().map(({ code }) => code)); // [ 'voice_identity' ]
 * ```
 */
export class VoiceGrant implements Grant, Readonly<Omit<VoiceGrantOptions, 'outgoingApplicationParams'>> {
  /**
   * @param options See {@link VoiceGrantOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID for a SID of another kind, ERR_GRANTMINT_INVALID_GRANT for
   *   parameters that are not JSON.
   */
  constructor(options?: VoiceGrantOptions);
  readonly incomingAllow?: boolean | undefined;
  readonly outgoingApplicationSid?: string | undefined;
  readonly pushCredentialSid?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly key: string;
  toJson(): string;
}

/**
 * Lets its user watch one live stream. A {@link PlaybackMinter} makes it by itself.
 *
 * @example
 * ```js
 * const answer = { sid: streamer, account_sid: key.accountSid, grant: { playbackUrl: 'https://cdn.example.com' } };
 * const token = new AccessToken(key, {
 *   identity: 'alice',
 *   grants: [new PlaybackGrant({ grant: answer.grant })],
 * });
 * console.log(decode(token.toJwt()).grants?.player); // { playbackUrl: 'https://cdn.example.com' }
 * ```
 */
export class PlaybackGrant implements Grant {
  /**
   * @param options `grant` is the member of that name in the PlaybackGrant endpoint's answer, a JSON object.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_GRANT for what is no JSON object, and for the whole answer.
   */
  constructor(options: { grant: Json });
  readonly key: string;
  toJson(): string;
}

/**
 * Any JSON under any key, for grants that this library does not know.
 *
 * @example
 * ```js
 * const token = new AccessToken(key, { identity: 'alice', grants: [new CustomGrant('flags', { beta: true })] });
 * console.log(decode(token.toJwt()).grants?.flags); // { beta: true }
 * ```
 */
export class CustomGrant implements Grant {
  /**
   * @param key The name under which it stands in a token, 1 to 64 bytes, and not `identity`.
   * @param value What stands there.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_GRANT for another key, and for what is not JSON.
   */
  constructor(key: string, value: Json);
  readonly key: string;
  toJson(): string;
}

/** Any grant, as tokens and minters take it. */
export type AnyGrant =
  | VideoGrant
  | VoiceGrant
  | ChatGrant
  | SyncGrant
  | TaskRouterGrant
  | PlaybackGrant
  | RtcGrant
  | IpMessagingGrant
  | CustomGrant;

// Access Tokens

/** Advice on a token. The token is minted all the same. */
export interface Advice {
  /**
   * Its stable name: `voice_identity`, `voice_identity_length`, `voice_ttl`, `voice_params`, `video_region` (Video takes
   * tokens of a us1 key only) or `short_secret` (under 32 bytes). More may be added.
   */
  code: string;
  /** What is unwise, and what would be better. */
  message: string;
}

/** What the tokens of a minter have in common. */
export interface TokenMinterOptions {
  /** What each user may do: at most 16 grants, one of each kind. */
  grants?: Iterable<AnyGrant> | undefined;
  /** How many seconds each token is valid, 1 to 86,400. 3,600 if left out. */
  ttl?: number | undefined;
  /** The Unix second before which no token is valid, earlier than its end. */
  nbf?: number | undefined;
  /** Whether each token has a unique jti. Twilio's, the default, is `{keySid}-{iat}`, the same for a whole second. */
  unique?: boolean | undefined;
  /** For tests. */
  clock?: ManualClock | undefined;
}

/** The options of one Access Token. */
export interface AccessTokenOptions extends TokenMinterOptions {
  /** Whom it is for. At most 512 bytes, and 128 characters with a video grant. */
  identity: string;
  /** The Unix second at which it expires, at most 86,400 after its issue. Excludes `ttl`. */
  validUntil?: number | undefined;
}

/**
 * One Access Token, for grants that differ from user to user, such as the room that a request names. It cannot be
 * changed. Its time of issue is that of `toJwt`.
 *
 * @example
 * ```js
 * const tokenFor = (identity, room) =>
 *   new AccessToken(key, { identity, grants: [new VideoGrant({ room })] }).toJwt();
 * console.log(decode(tokenFor('alice', 'DailyStandup')).grants?.video); // { room: 'DailyStandup' }
 * ```
 */
export class AccessToken {
  /**
   * @param key The key that signs.
   * @param options See {@link AccessTokenOptions}.
   * @throws {InvalidArgumentError} For an option out of its range, `ttl` with `validUntil`, or a kind of grant that is
   *   given twice. `argument` names it.
   */
  constructor(key: ApiKey, options: AccessTokenOptions);
  /** Whom it is for. */
  readonly identity: string;
  /**
   * The token, signed and issued now. Each call signs anew.
   *
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_TTL if `validUntil` is over or too far away by now.
   */
  toJwt(): string;
  /** Advice on this token. Empty for most. */
  warnings(): Advice[];
}

/**
 * Mints Access Tokens that differ only in their identity. Key, grants and ttl are the same: for another room, use an
 * {@link AccessToken}. Make one when the process starts, and after a rotation of the key another one: tokens of the old
 * key stay valid for as long as Twilio knows that key.
 *
 * @example
 * ```js
 * const rooms = new TokenMinter(key, { grants: [new VideoGrant({ room: 'DailyStandup' })], ttl: 14_400 });
 * const { identity, issuedAt, expiresAt } = verify(rooms.mint('alice'), key);
 * console.log(identity, (expiresAt ?? 0) - (issuedAt ?? 0)); // alice 14400
 * ```
 */
export class TokenMinter {
  /**
   * @param key The key that signs.
   * @param options See {@link TokenMinterOptions}.
   * @throws {InvalidArgumentError} For an option out of its range, or a kind of grant that is given twice. `argument`
   *   names it.
   */
  constructor(key: ApiKey, options?: TokenMinterOptions);
  /**
   * The token of one user, issued now.
   *
   * @param identity Whom it is for. At most 512 bytes, and 128 characters with a video grant.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_IDENTITY for an identity that is empty or too long.
   */
  mint(identity: string): string;
  /**
   * The token of one user, issued at a Unix second of the caller's choice.
   *
   * @param identity As for `mint`.
   * @param now The Unix second: `iat`, from which `ttl` counts.
   * @throws {InvalidArgumentError} As `mint`, and for a time after the year 9999, such as milliseconds.
   */
  mintAt(identity: string, now: number): string;
  /**
   * One token for each identity, all issued in the same second. If one fails, the call throws.
   *
   * @param identities Whom they are for, each as for `mint`.
   * @throws {InvalidArgumentError} As `mint`. `argument` is `identities[2]` for the third of them.
   * @example
   * ```js
   * const rooms = new TokenMinter(key, { grants: [new VideoGrant()] });
   * console.log(rooms.mintMany(['alice', 'bob']).map((jwt) => decode(jwt).identity)); // [ 'alice', 'bob' ]
   * ```
   */
  mintMany(identities: Iterable<string>): string[];
  /** Advice on this kind of token, whatever the identity. Empty for most. */
  warnings(): Advice[];
}

// Playback

/** "fresh": no refresh is due. "refreshing": one is due or in flight. "degraded": the last one failed. */
export type Freshness = 'fresh' | 'refreshing' | 'degraded';

/** What a source gets beside the stream. */
export interface SourceRequest {
  /** The lifetime to ask for, in seconds. */
  ttl: number;
  /** The origin to allow. Any if undefined. */
  origin: string | undefined;
  /** Aborts when the fetch times out. */
  signal: AbortSignal;
}

/** What a source returns. The body of the REST endpoint's answer is one. Fields of other names are refused. */
export interface Sourced {
  /** The grant: an object, or text or bytes of one. */
  grant: Json;
  /** How many seconds it is valid, if that is less than was asked for. More than that is refused. */
  ttl?: number | null | undefined;
}

/**
 * Where grants come from instead of the PlaybackGrant endpoint. What it throws becomes ERR_GRANTMINT_SOURCE_FAILED, with
 * `cause` for the caller that ran it; a {@link ThrottledError} holds back all requests of the account. It should end
 * when `signal` aborts. It runs in the asynchronous context (`AsyncLocalStorage`) of a caller that waits for it. Without
 * one, as mostly for a refresh, it runs in that in which the minter, or the `GrantCache`, was made.
 */
export type GrantSource = (streamer: string, request: SourceRequest) => Sourced | Promise<Sourced>;

/**
 * The windows and limits of a cache. A window that is left out scales with the lifetime of each grant: the defaults
 * below are those for 60 s and 15 s. Each time must be over 0 and at most 48 h.
 *
 * @example
 * ```js
 * const patient = new GrantCache({ policy: { waitBelowMs: 25_000, softPointMs: 35_000, maxKeys: 500 } });
 * console.log(patient.stats().keys); // 0
 * ```
 */
export interface CachePolicy {
  /** Below this remaining lifetime callers wait for the fetch that is in flight. 20 s, or 5 s. At most `softPointMs`. */
  waitBelowMs?: number | undefined;
  /** At this remaining lifetime, or up to 5 s (1 s) earlier, a refresh is due. 30 s, or 8 s. */
  softPointMs?: number | undefined;
  /** Subtracted from the lifetime of each grant, as clocks differ and answers take time. 2 s, or 1 s. */
  safetyMarginMs?: number | undefined;
  /** How long one fetch may take. 4 s, or 3 s. */
  fetchTimeoutMs?: number | undefined;
  /** How many keys or streams the cache holds at most, 1 to 1,000,000. 10,000 if left out. */
  maxKeys?: number | undefined;
  /** Replaces every random number by this one, 0 to 1, for tests. */
  jitter?: number | undefined;
}

/** How grants are fetched, and what is in the tokens that hold them. */
export interface PlaybackMinterOptions {
  /** The only web origin that may play the streams, such as `https://www.example.com`. Any if left out. */
  allowOrigin?: string | undefined;
  /** Further grants in each token. */
  grants?: Iterable<AnyGrant> | undefined;
  /** How many seconds each token is valid, 1 to 86,400. 3,600 if left out. */
  ttl?: number | undefined;
  /** Whether each token has a unique jti, which is the default, or Twilio's. */
  unique?: boolean | undefined;
  /** The lifetime to ask for, for each grant, in seconds, 1 to 60. 60 if left out. */
  grantTtl?: number | undefined;
  /** The least remaining lifetime of the grant in a token, at most half of `grantTtl`. 5,000 if left out, for 60 s. */
  minRemainingMs?: number | undefined;
  /** How long a call waits for a grant. 5,000 if left out. */
  timeoutMs?: number | undefined;
  /** Where grants come from. It runs in the thread that made the minter. Without `share` the cache is the minter's own. */
  source?: GrantSource | undefined;
  /** A cache to use. Excludes `share`, `isolated`, `policy` and `fleet`. */
  cache?: GrantCache | undefined;
  /** A name of 1 to 128 bytes. All minters of the account with this name share one cache, in all workers. */
  share?: string | undefined;
  /** Whether the minter has a cache that it does not share. It shares the account's cool-down and rate limit all the same. */
  isolated?: boolean | undefined;
  /**
   * The processes that share grants with this one, so that one of them fetches for all: `'host'` for those of this user on
   * this machine, `'host:'` and the path of a folder for those that name it, the URL of a server of Redis for those of many
   * machines, a {@link HostFleet} or a {@link RedisFleet}. With a `source`, `share` says what that fetches. Excludes
   * `cache` and `clock`.
   */
  fleet?: string | HostFleet | RedisFleet | undefined;
  /**
   * The URL of upstream, without `/v1`. `https://media.twilio.com` if left out, which Twilio closed in 2023: give the
   * emulator's, or a `source`. Plain http is allowed on loopback only.
   */
  baseUrl?: string | undefined;
  /** The URL of an HTTP proxy. The environment's is not read. */
  proxy?: string | undefined;
  /** A PEM file with the certificate authorities to trust instead of the built-in ones. */
  caFile?: string | undefined;
  /**
   * How many requests per second the account has, above 0 and at most 2,000, if you know. The library starts with 10 per
   * second; it goes up to this number, or to 2,000, while more are needed and upstream refuses none. Of all minters of
   * the account in the process the lowest number holds, and the event `limits_differ` tells of a difference.
   */
  callsPerSecond?: number | undefined;
  /**
   * How many requests may be sent simultaneously after a quiet time, 1 to 1,000. 20 if left out. As `callsPerSecond`, for
   * the account.
   */
  burst?: number | undefined;
  /**
   * How many fetches the library makes for the account at the same time, 1 to 1,024. 64 if left out. Those of a `source`
   * do not count. As `callsPerSecond`, for the account.
   */
  maxFetches?: number | undefined;
  /** The windows and limits of the cache. Minters with different ones do not share a cache. */
  policy?: CachePolicy | undefined;
  /** For tests. */
  clock?: ManualClock | undefined;
}

/** The options of a HostFleet. */
export interface HostFleetOptions {
  /**
   * The folder by which they share, absolute and on a local file system. It is made if it is not there, and belongs to
   * this user alone. If left out, one is found that all processes of the user find.
   */
  path?: string | undefined;
  /**
   * 32 to 1,024 random bytes that all processes have. What is shared is sealed with them in place of the API key's secret:
   * then all keys of the account share, and rotation costs no request. A `GrantCache`, which has no key, needs it.
   */
  secret?: string | Uint8Array | undefined;
}

/**
 * The processes of one user on one machine that share grants: of all of them one fetches each grant, the others take over
 * what it brings, and after a 429 all wait. Minters and caches take it as `fleet`. They share by a private folder; no
 * server is needed. Linux only so far.
 *
 * @example
 * ```js
 * const ours = new HostFleet({ path: '/run/app/grants' });
 * console.log(ours.path); // /run/app/grants
 * ```
 */
export class HostFleet {
  /**
   * @param options See {@link HostFleetOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_ARGUMENT for a path that is relative, empty or too long, and for a
   *   secret of another length.
   */
  constructor(options?: HostFleetOptions);
  /** The folder. Undefined if it is found by itself. */
  readonly path: string | undefined;
}

/** The options of a RedisFleet. */
export interface RedisFleetOptions {
  /**
   * The folder through which the processes of each machine share first, so that one of them talks to the server for all:
   * its path, `true` for the one that `new HostFleet()` finds, which is the default, or `false` for none.
   */
  host?: boolean | string | undefined;
  /**
   * What the names of all keys begin with after `grantmint`, at most 64 letters, digits, dots, dashes and underscores.
   * Processes share only with those of the same prefix.
   */
  prefix?: string | undefined;
  /** As `HostFleetOptions.secret`. */
  secret?: string | Uint8Array | undefined;
  /** A PEM file with the certificate authorities to trust instead of the built-in ones. */
  caFile?: string | undefined;
  /** How long an answer of the server is waited for, 10 to 2,000. 250 if left out. */
  timeoutMs?: number | undefined;
  /**
   * Whether `redis://` may name another machine. Who listens on the way learns the password, when grants end and how often
   * they are fetched, and no grant.
   */
  insecure?: boolean | undefined;
}

/**
 * The processes of any number of machines that share grants, through a server of Redis 6 or later, or Valkey: of all of
 * them one fetches each grant, the others take over what it brings, and after a 429 all wait. Minters and caches take it as
 * `fleet`. The server is connected to when it is first needed; while it is away, each machine goes on by itself. Linux
 * only so far.
 *
 * @example
 * ```js
 * const all = new RedisFleet('rediss://app:hunter2@redis.example.com', { prefix: 'live' });
 * console.log(all.url); // rediss://...@redis.example.com
 * ```
 */
export class RedisFleet {
  /**
   * @param url `rediss://user:password@host:port`; `redis://` for this machine, or with `insecure`; `redis+unix:///path` for
   *   a socket of this machine; `rediss+cluster://host1,host2` for servers of a cluster.
   * @param options See {@link RedisFleetOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_URL, or ERR_GRANTMINT_INVALID_ARGUMENT for an option.
   * @throws {GrantmintError} ERR_GRANTMINT_UNSUPPORTED where there are no fleets.
   */
  constructor(url: string, options?: RedisFleetOptions);
  /** The URL, with three dots in place of user and password. */
  readonly url: string;
}

/** The options of one call. They replace those of the minter. */
export interface TokenOptions {
  /** Cancels this call. The fetch goes on, as others wait for it. */
  signal?: AbortSignal | undefined;
  /** The least remaining lifetime of the grant in the token, at most half of `grantTtl`. That of the minter if left out. */
  minRemainingMs?: number | undefined;
  /** How long to wait. That of the minter if left out, which is 5,000 unless set. */
  timeoutMs?: number | undefined;
}

/** A viewer's token, and what was known of its grant when the token was minted. */
export class PlaybackToken {
  private constructor();
  /** The Access Token. Whoever has it can watch, so neither console.log nor JSON.stringify shows it. */
  readonly jwt: string;
  /** How long the grant is still valid, minus the safety margin. */
  readonly grantRemainingMs: number;
  /** Whether a refresh of the grant was due, or had failed. */
  readonly freshness: Freshness;
  /** Why the grant is degraded, if it is. */
  readonly reason: GrantmintError | undefined;
  /** After how many milliseconds the next refresh is tried, if the grant is degraded. */
  readonly retryAfterMs: number | undefined;
  /** Tells grants of one cache apart, for `invalidateIf`. */
  readonly generation: number;
}

/**
 * Mints playback tokens. All viewers of a stream share one grant. Make one minter when the process starts, and keep it.
 *
 * Minters share a cache, in all workers of the process, if their key and its secret, `baseUrl`, `proxy`, `caFile` and
 * `policy` are the same, or if they give the same `share` or `cache`. Otherwise a minter with a `source`, a `clock` or
 * `isolated` has a cache of its own. A shared cache is kept for a while after its last minter: until its last grant and cached
 * error have ended, at most 62 s. `forget` wipes it immediately. A program that makes and drops 20 minters within a
 * minute is warned once (`GRANTMINT_MINTER_PER_REQUEST`). Each worker thread makes minters of its own.
 *
 * @example
 * ```js
 * const elsewhere = new PlaybackMinter(key, {
 *   allowOrigin: 'https://www.example.com',
 *   source: async (streamer, { ttl, origin }) => ({ grant: { playbackUrl: `${origin}/${streamer}` }, ttl }),
 * });
 * const { jwt, freshness } = await elsewhere.token(streamer, 'alice');
 * console.log(verify(jwt, key).identity, freshness); // alice fresh
 * ```
 */
export class PlaybackMinter {
  /**
   * Makes a minter. No request is sent.
   *
   * @param key The key that signs and, without a `source`, fetches.
   * @param options See {@link PlaybackMinterOptions}.
   * @throws {InvalidArgumentError} For an option that does not exist, is out of its range or excludes another one.
   *   `argument` names it.
   */
  constructor(key: ApiKey, options?: PlaybackMinterOptions);
  /**
   * A token for one viewer of a stream. If the grant is in the cache, it is minted immediately. If not, one call fetches
   * the grant, and all others wait for that fetch.
   *
   * @param streamer The stream, VJ and 32 hexadecimal digits.
   * @param identity Whom it is for. At most 512 bytes.
   * @param options See {@link TokenOptions}.
   * @returns A promise. It is rejected with what is below, and nothing is thrown.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID, ERR_GRANTMINT_INVALID_IDENTITY, or a wrong option.
   * @throws {ThrottledError} The account is throttled. Answer 503 with `Retry-After`.
   * @throws {UpstreamError} The grant could not be fetched. While no request may be sent, callers get the cached error.
   * @throws {DeadlineError} No grant came within `timeoutMs`. The fetch goes on.
   * @throws {GrantmintError} ERR_GRANTMINT_OVERLOADED, ERR_GRANTMINT_ABANDONED or ERR_GRANTMINT_CLOSED.
   * @throws The reason of `signal`, if that aborts.
   * @example
   * ```js
   * const { jwt, grantRemainingMs } = await live.token(streamer, 'alice', { timeoutMs: 2000 });
   * console.log(decode(jwt).identity, grantRemainingMs > 5000); // alice true
   * ```
   */
  token(streamer: string, identity: string, options?: TokenOptions): Promise<PlaybackToken>;
  /**
   * The JWT of a token if the grant is in the cache, else null. Starts a fetch if one is due, and never waits.
   *
   * @param streamer The stream, VJ and 32 hexadecimal digits.
   * @param identity Whom it is for. It is checked only if there is a grant.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID or ERR_GRANTMINT_INVALID_IDENTITY. No error of upstream or
   *   of a source.
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   * @example
   * ```js
   * console.log(live.tryToken(streamer, 'alice')); // null
   * await live.token(streamer, 'bob');
   * console.log(typeof live.tryToken(streamer, 'alice')); // string
   * ```
   */
  tryToken(streamer: string, identity: string): string | null;
  /**
   * A minter for one stream, for hot paths. Keep it for as long as the stream is live.
   *
   * @param streamer The stream, VJ and 32 hexadecimal digits.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID.
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED. For a new stream also ERR_GRANTMINT_OVERLOADED or a ThrottledError, if
   *   no request may be sent.
   */
  stream(streamer: string): StreamMinter;
  /**
   * Starts to fetch a stream's grant before anybody asks for it, if a fetch is due. Does not wait. A fetch that fails is
   * not reported here: `drainEvents` tells of it, and the next `token`.
   *
   * @param streamer The stream, VJ and 32 hexadecimal digits.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID.
   * @throws {GrantmintError} As `stream`.
   * @example
   * ```js
   * live.prefetch(streamer);
   * console.log((await live.token(streamer, 'alice')).freshness, live.stats().fetches); // fresh 1
   * ```
   */
  prefetch(streamer: string): void;
  /**
   * Keeps a stream's grant fresh even if nobody asks for it, until the time is over or the last minter of the cache
   * goes.
   *
   * @param streamer The stream, VJ and 32 hexadecimal digits.
   * @param ms For how many milliseconds from now. More than 48 hours count as 48 hours. 0 ends it.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID, or `ms` is no time.
   * @throws {GrantmintError} As `stream`.
   * @example
   * ```js
   * live.keepWarm(streamer, 4 * 3_600_000); // for four hours
   * live.keepWarm(streamer, 0);
   * ```
   */
  keepWarm(streamer: string, ms: number): void;
  /**
   * Drops a stream's grant and cached error. A fetch in flight still serves its waiters, and is not stored.
   *
   * @param streamer The stream, VJ and 32 hexadecimal digits.
   * @returns Whether the cache knew the stream, with a grant or without one.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID.
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   * @example
   * ```js
   * console.log(live.invalidate(streamer)); // false
   * await live.token(streamer, 'alice');
   * console.log(live.invalidate(streamer)); // true
   * ```
   */
  invalidate(streamer: string): boolean;
  /**
   * Drops a stream's grant if it still has this generation: of many viewers that met a bad grant, the first has it
   * fetched again.
   *
   * @param streamer The stream, VJ and 32 hexadecimal digits.
   * @param generation The `generation` of a {@link PlaybackToken}.
   * @returns Whether it was dropped.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_SID, or `generation` is no whole number.
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   * @example
   * ```js
   * const { generation } = await live.token(streamer, 'alice');
   * console.log(live.invalidateIf(streamer, generation), live.invalidateIf(streamer, generation)); // true false
   * ```
   */
  invalidateIf(streamer: string, generation: number): boolean;
  /**
   * Signs and fetches with another key of the same account from now on. Cached grants stay, cached errors are dropped.
   * It rotates this minter alone: do it for each minter, in each worker and process.
   *
   * @param key The new key.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_CREDENTIALS for a key of another account.
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   * @example
   * ```js
   * const next = new ApiKey(key.accountSid, 'SK00000000000000000000000000000002', 'the secret of the new key');
   * await live.token(streamer, 'alice');
   * live.rotate(next);
   * console.log(verify(live.tryToken(streamer, 'alice') ?? '', next).issuer); // SK00000000000000000000000000000002
   * ```
   */
  rotate(key: ApiKey): void;
  /**
   * What the cache has done, for all who share it.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   * @example
   * ```js
   * await live.token(streamer, 'alice');
   * await live.token(streamer, 'bob');
   * const { fetches, hits } = live.stats();
   * console.log(fetches, hits); // 1 1
   * ```
   */
  stats(): Stats;
  /**
   * The cache's last 1,024 events since the last call, oldest first.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  drainEvents(): CacheEvent[];
  /**
   * The cache. Other minters can take it as `cache`.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  cache(): GrantCache;
  /**
   * Empties the cache for all who share it, and wipes what this minter has prepared with its grants.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  purge(): void;
  /**
   * Detaches this minter and its streams. Later calls fail with ERR_GRANTMINT_CLOSED. Calls that wait get their
   * answers. The minter keeps nothing warm any more. Other minters that share the cache go on, and minters to come find
   * it for a while: `purge` first empties it. A program need not call it before it ends.
   *
   * @example
   * ```js
   * live.close();
   * await live.token(streamer, 'alice').catch(({ code }) => console.log(code)); // ERR_GRANTMINT_CLOSED
   * ```
   */
  close(): void;
  /** As `close`, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * Mints playback tokens for one stream. `PlaybackMinter.stream` makes it.
 *
 * @example
 * ```js
 * const stream = live.stream(streamer);
 * const jwt = stream.tryToken('alice') ?? (await stream.token('alice')).jwt;
 * console.log(decode(jwt).identity); // alice
 * ```
 */
export class StreamMinter {
  private constructor();
  /** The stream, VJ…. */
  readonly streamer: string;
  /**
   * As `PlaybackMinter.token`, for this stream.
   *
   * @param identity Whom it is for. At most 512 bytes.
   * @param options See {@link TokenOptions}.
   * @throws As `PlaybackMinter.token`, by rejecting the promise.
   */
  token(identity: string, options?: TokenOptions): Promise<PlaybackToken>;
  /**
   * As `PlaybackMinter.tryToken`, for this stream.
   *
   * @param identity Whom it is for. It is checked only if there is a grant.
   * @throws {GrantmintError} As `PlaybackMinter.tryToken`.
   */
  tryToken(identity: string): string | null;
}

// Credentials of any service

/** Where an answer says how long its credential lives, as a JSON pointer; or the lifetime that was asked for, or a constant. */
export type RestLifetime =
  | 'asked'
  | { seconds: string }
  | { minutes: string }
  | { milliseconds: string }
  | { epoch: string }
  | { epochMs: string }
  | { iso8601: string }
  | { rfc2822: string }
  | { jwt: string }
  | { constant: number };

/**
 * A bearer that is signed for each request. Its texts may have slots of `vars` and `secrets`. All but `secret` is as of
 * {@link JwtMinterOptions}.
 */
export interface SignedBearer {
  /** What it is signed with, such as `'{secret}'`. */
  secret: string;
  /** The claims. */
  claims?: Readonly<Record<string, Json>> | undefined;
  /** Further members of the header. */
  header?: Readonly<Record<string, Json>> | undefined;
  /** `typ` of the header: `JWT` if left out, none if null. */
  typ?: string | null | undefined;
  /** HS256 if left out. */
  algorithm?: Algorithm | undefined;
  /** How long each is valid, in seconds. 3,600 if left out. */
  ttl?: number | undefined;
  /** The longest lifetime to allow. 86,400 if left out. */
  maxTtl?: number | undefined;
  /** Whether it says when it was issued. It does if left out. */
  iat?: boolean | undefined;
  /** Whether, or from which Unix second on, it says that it is valid. It does not if left out. */
  nbf?: boolean | number | undefined;
  /** How many seconds `iat` and `nbf` are set back, at most 300. */
  backdate?: number | undefined;
  /** Whether each has a `jti` of its own. It has not if left out. */
  unique?: boolean | undefined;
}

/**
 * A REST endpoint, described. Texts may have slots: `{name}` stands for one of `vars` or `secrets`, `{key}` for what a
 * caller asks for, `{ttl}` for `ttl`, `{now}` and `{now_ms}` for the time since 1970; `{{` is a brace.
 */
export interface RestSourceOptions {
  /** The endpoint, https, or http on this machine. Its host may have slots of `vars`, its path any but secrets. */
  url: string;
  /** POST if left out. */
  method?: 'GET' | 'POST' | 'PUT' | undefined;
  /** What `Authorization` says: a user and a password, the same as OAuth 2 writes them, a token, or one that is signed. */
  auth?:
    | { basic: readonly [user: string, password: string] }
    | { basicForm: readonly [user: string, password: string] }
    | { bearer: string }
    | { signed: SignedBearer }
    | undefined;
  /** Further headers. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Members of the URL's query. Servers write queries to their logs. */
  query?: Readonly<Record<string, string>> | undefined;
  /** Fields of the form in the body. */
  form?: Readonly<Record<string, string>> | undefined;
  /** The JSON in the body. Its texts may have slots; `'{ttl:int}'` alone becomes a number. */
  json?: Json | undefined;
  /** The values of slots. Each has to be used. */
  vars?: Readonly<Record<string, string>> | undefined;
  /** The same of secrets, which are never shown. */
  secrets?: Readonly<Record<string, string>> | undefined;
  /**
   * Who may share one credential: all callers (`shared`, the default), those who give the same key, or nobody, as each is
   * used once (`call`).
   */
  per?: 'shared' | 'key' | 'call' | undefined;
  /** With `per: 'key'`: each key has a credential of its own, though the request is the same for all. */
  distinct?: boolean | undefined;
  /** The lifetime to ask for in seconds, 1 to 172,800: what `{ttl}` stands for. */
  ttl?: number | undefined;
  /** What an answer is. JSON if left out. */
  answer?: 'json' | 'text' | undefined;
  /** Where the credential stands in a JSON answer, as a JSON pointer. The whole answer if left out. */
  value?: string | undefined;
  /** Where the answer says how long its credential lives. The first counts that is there. */
  lifetime?: readonly RestLifetime[] | undefined;
  /** The longest lifetime in seconds, 1 to 172,800. 86,400 if left out. A longer one is cut: `lifetime_cut` tells of it. */
  maxLifetime?: number | undefined;
  /** The statuses that a credential comes with. 200 and 201 if left out. */
  ok?: readonly number[] | undefined;
  /** What an answer says at a JSON pointer if it holds a credential, for services that answer errors with 200. */
  okWhen?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Where an answer that refuses has its code, as a JSON pointer. */
  error?: string | undefined;
  /** What such a code means, whatever the status. */
  errors?:
    | Readonly<
        Record<
          string,
          'unauthorized' | 'forbidden' | 'not_found' | 'bad_request' | 'throttled' | 'unavailable'
        >
      >
    | undefined;
  /** Statuses beside 429 that mean that there were too many requests. */
  throttled?: readonly number[] | undefined;
  /** The header that says when to come back, and in which unit. `['Retry-After', 's']` if left out. */
  retryAfter?: readonly [header: string, unit: 's' | 'ms' | 'epoch' | 'epochMs'] | undefined;
  /** Whether each new credential ends the one before. Then a {@link Credential} of it needs a `fleet`. */
  exclusive?: boolean | undefined;
  /** The URL of an HTTP proxy. The environment's is not read. */
  proxy?: string | undefined;
  /** A PEM file with the certificate authorities to trust instead of the built-in ones. */
  caFile?: string | undefined;
}

/**
 * A REST endpoint that hands out short-lived credentials, described and not programmed. A {@link Credential} caches what it
 * brings. One request each: no retry, no redirect, a body of 64 KiB at most.
 *
 * @example
 * ```js
 * const speech = new RestSource({
 *   url: 'https://{region}.api.cognitive.microsoft.com/sts/v1.0/issueToken',
 *   headers: { 'Ocp-Apim-Subscription-Key': '{resource_key}' },
 *   vars: { region: 'westeurope' },
 *   secrets: { resource_key: 'the secret of the resource' },
 *   answer: 'text',
 *   lifetime: [{ constant: 600 }],
 * });
 * console.log(speech); // RestSource {}
 * ```
 */
export class RestSource {
  /**
   * @param options See {@link RestSourceOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_URL, ERR_GRANTMINT_INVALID_TTL or ERR_GRANTMINT_INVALID_ARGUMENT.
   *   `argument` names the option, and the message shows no value.
   */
  constructor(options: RestSourceOptions);
}

/** The options of `oauth2`. */
export interface OAuth2Options {
  /** The form field `scope`. */
  scope?: string | undefined;
  /** Further form fields, such as `audience`. */
  form?: Readonly<Record<string, string>> | undefined;
  /** The URL of an HTTP proxy. The environment's is not read. */
  proxy?: string | undefined;
  /** A PEM file with the certificate authorities to trust instead of the built-in ones. */
  caFile?: string | undefined;
}

/**
 * The source of OAuth 2 access tokens for a client (RFC 6749, section 4.4). A token whose lifetime is not said counts as one
 * of five minutes.
 *
 * @param url The token endpoint.
 * @param clientId The client.
 * @param clientSecret Its secret.
 * @param options See {@link OAuth2Options}.
 * @throws {InvalidArgumentError} As the constructor of {@link RestSource}.
 * @example
 * ```js
 * const source = oauth2('https://idp.example.com/oauth/token', 'my app', 'its secret', { scope: 'read' });
 * console.log(new Credential(source).stats().fetches); // 0
 * ```
 */
export function oauth2(
  url: string,
  clientId: string,
  clientSecret: string,
  options?: OAuth2Options,
): RestSource;

/** What credentials and ICE servers are told alike about their cache. */
interface SharedOptions {
  /**
   * Credentials are handed to clients that go on with them for this long, such as a call. At most 0.6 of a lifetime.
   */
  sessionMs?: number | undefined;
  /** The least remaining lifetime of what is handed out, at most half of the lifetime. */
  minRemainingMs?: number | undefined;
  /** How long a call waits. 5,000 if left out. */
  timeoutMs?: number | undefined;
  /** A cache to use. Excludes `share`, `isolated`, `policy` and `fleet`. */
  cache?: GrantCache | undefined;
  /**
   * A name of 1 to 128 bytes. Those of the same secrets at the same origin that give it share one cache, in all workers. What
   * is fetched by another description is never shared.
   */
  share?: string | undefined;
  /** Whether the cache is shared with nobody. */
  isolated?: boolean | undefined;
  /** The windows and limits of the cache. */
  policy?: CachePolicy | undefined;
  /** As `PlaybackMinterOptions.fleet`. */
  fleet?: string | HostFleet | RedisFleet | undefined;
  /** As `PlaybackMinterOptions.callsPerSecond`, for all that have the same secrets at one origin. */
  callsPerSecond?: number | undefined;
  /** As `PlaybackMinterOptions.burst`. */
  burst?: number | undefined;
  /** As `PlaybackMinterOptions.maxFetches`. */
  maxFetches?: number | undefined;
  /** For tests. */
  clock?: ManualClock | undefined;
}

/** The options of a Credential. */
export interface CredentialOptions extends SharedOptions {
  /**
   * Whether a credential is used for one request, immediately, which is the default, or for a session: half of a lifetime, or
   * `sessionMs`.
   */
  use?: 'request' | 'session' | undefined;
}

/** The options of one call. They replace those of the credential or of the servers. */
export interface CredentialCallOptions {
  /** Cancels this call. The fetch goes on, as others wait for it. */
  signal?: AbortSignal | undefined;
  /** The least remaining lifetime, at most half of the lifetime. */
  minRemainingMs?: number | undefined;
  /** How long to wait. */
  timeoutMs?: number | undefined;
}

/**
 * A short-lived credential of a service, fetched once and shared by all who need one, in all workers: refreshed ahead, with
 * one request for any number of callers.
 *
 * @example
 * ```js
 * const source = oauth2('https://idp.example.com/oauth/token', 'my app', 'its secret');
 * const token = new Credential(source, { timeoutMs: 2000 });
 * const authorization = async () => `Bearer ${(await token.get()).value}`;
 * console.log(token.stats().fetches); // 0
 * ```
 */
export class Credential {
  /**
   * Makes no request.
   *
   * @param source Where it comes from: a {@link RestSource}, or what `oauth2` gives.
   * @param options See {@link CredentialOptions}.
   * @throws {InvalidArgumentError} For an option that does not exist, is out of its range or excludes another one.
   */
  constructor(source: RestSource, options?: CredentialOptions);
  /**
   * The credential. If it has to be fetched, one call does it, and all others wait for that.
   *
   * @param key Whose, for a source that is `per: 'key'`. Otherwise null, or left out.
   * @param options See {@link CredentialCallOptions}.
   * @returns A promise. It is rejected with what is below, and nothing is thrown.
   * @throws {InvalidArgumentError} For the key, or a wrong option.
   * @throws {UpstreamError} It could not be fetched. While no request may be sent, callers get the cached error.
   * @throws {DeadlineError} None came within `timeoutMs`. The fetch goes on.
   * @throws {GrantmintError} ERR_GRANTMINT_OVERLOADED, ERR_GRANTMINT_ABANDONED or ERR_GRANTMINT_CLOSED.
   * @throws The reason of `signal`, if that aborts.
   */
  get(key?: string | null, options?: CredentialCallOptions): Promise<Issued>;
  /**
   * The credential if it is there, else null. Starts a fetch if one is due, and never waits.
   *
   * @param key As for `get`.
   * @param options `minRemainingMs` is that of `get`.
   * @throws {InvalidArgumentError} As `get`. No error of upstream.
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED, or ERR_GRANTMINT_UNSUPPORTED for a source that is `per: 'call'`.
   */
  tryGet(key?: string | null, options?: Pick<CredentialCallOptions, 'minRemainingMs'>): Issued | null;
  /**
   * Starts to fetch the credential before anybody asks for it, if a fetch is due. Does not wait.
   *
   * @param key As for `get`.
   * @throws {GrantmintError} As `tryGet`; the error of the last fetch while no request may be sent.
   */
  prefetch(key?: string | null): void;
  /**
   * Keeps the credential fresh even if nobody asks for it.
   *
   * @param key As for `get`.
   * @param ms For how many milliseconds from now. More than 48 hours count as 48 hours. 0 ends it.
   * @throws {GrantmintError} As `prefetch`.
   */
  keepWarm(key: string | null | undefined, ms: number): void;
  /**
   * Drops the credential and its cached error. A fetch in flight still serves its waiters, and is not stored.
   *
   * @param key As for `get`.
   * @returns Whether the cache knew it.
   * @throws {GrantmintError} As `tryGet`.
   */
  invalidate(key?: string | null): boolean;
  /**
   * Drops the credential if it still has this generation: of many callers whom a service has answered 401, the first has it
   * fetched again.
   *
   * @param key As for `get`.
   * @param generation The `generation` of an {@link Issued}.
   * @returns Whether it was dropped.
   * @throws {GrantmintError} As `tryGet`.
   */
  invalidateIf(key: string | null | undefined, generation: number): boolean;
  /**
   * Drops all credentials and cached errors of this source, for all who share them.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  purge(): void;
  /**
   * What the cache has done, for all who share it.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  stats(): Stats;
  /**
   * The cache's last 1,024 events since the last call, oldest first.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  drainEvents(): CacheEvent[];
  /**
   * The cache.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  cache(): GrantCache;
  /** Detaches this credential. Later calls fail with ERR_GRANTMINT_CLOSED. Calls that wait get their answers. */
  close(): void;
  /** As `close`, for `using`. */
  [Symbol.dispose](): void;
}

/** A credential, and what was known of it when it was handed out. */
export class Issued {
  private constructor();
  /** A text, or what JSON was in its place, parsed anew each time. Neither console.log nor JSON.stringify shows it. */
  readonly value: any;
  /** How long it is still good, minus the safety margin. */
  readonly remainingMs: number;
  /** Whether a refresh was due, or had failed. */
  readonly freshness: Freshness;
  /** Why it is degraded, if it is. */
  readonly reason: GrantmintError | undefined;
  /** After how many milliseconds the next refresh is tried, if it is degraded. */
  readonly retryAfterMs: number | undefined;
  /** Tells credentials of one cache apart, for `invalidateIf`. */
  readonly generation: number;
}

/** The options of ICE servers. */
export interface IceServersOptions extends SharedOptions {
  /** The lifetime to ask for in seconds, 1 to 172,800. 86,400 if left out. A source of your own has its own. */
  ttl?: number | undefined;
  /** How long connections last that are made with what is handed out. Half of the lifetime if left out. */
  sessionMs?: number | undefined;
  /** Scheme, host and port of Twilio or Cloudflare, for an emulator. */
  baseUrl?: string | undefined;
  /** The URL of an HTTP proxy. The environment's is not read. */
  proxy?: string | undefined;
  /** A PEM file with the certificate authorities to trust instead of the built-in ones. */
  caFile?: string | undefined;
}

/**
 * ICE servers for browsers, with short-lived credentials that all callers share, or that each user has: of Twilio, Cloudflare,
 * any other service, or a coturn server of one's own. Hand them out to users who have signed in: whoever has a credential
 * can relay through the servers until it ends.
 *
 * @example
 * ```js
 * const relays = IceServers.coturn('static-auth-secret', ['turn:turn.example.com:3478?transport=udp']);
 * const { iceServers, expiresIn } = await relays.get('alice');
 * console.log(iceServers[0]?.urls, expiresIn); // [ 'turn:turn.example.com:3478?transport=udp' ] 86400
 * ```
 */
export class IceServers {
  private constructor();
  /**
   * Those of Twilio's Network Traversal Service, with an API key.
   *
   * @param key The key.
   * @param options See {@link IceServersOptions}.
   * @throws {InvalidArgumentError} For an option that does not exist, is out of its range or excludes another one.
   */
  static twilio(key: ApiKey, options?: IceServersOptions): IceServers;
  /**
   * The same, with an account's auth token.
   *
   * @param accountSid The account, AC and 32 hexadecimal digits.
   * @param authToken Its auth token.
   * @param options See {@link IceServersOptions}.
   * @throws {InvalidArgumentError} As `twilio`.
   */
  static twilioAccount(accountSid: string, authToken: string, options?: IceServersOptions): IceServers;
  /**
   * Those of Cloudflare.
   *
   * @param keyId The TURN key.
   * @param apiToken Its API token.
   * @param options See {@link IceServersOptions}.
   * @throws {InvalidArgumentError} As `twilio`.
   */
  static cloudflare(keyId: string, apiToken: string, options?: IceServersOptions): IceServers;
  /**
   * Those of a coturn server with `use-auth-secret`. They are signed here, without a request.
   *
   * @param secret Its `static-auth-secret`.
   * @param urls 1 to 16 URLs such as `turn:turn.example.com:3478?transport=udp`.
   * @param options `ttl`, and `clock` for tests.
   * @throws {InvalidArgumentError} As `twilio`.
   */
  static coturn(
    secret: string,
    urls: readonly string[],
    options?: Pick<IceServersOptions, 'ttl' | 'clock'>,
  ): IceServers;
  /**
   * Those of any other service: a list of servers, one server, or an object that holds either as `iceServers`.
   *
   * @param source Where they come from.
   * @param options See {@link IceServersOptions}. A source has a `ttl` and a URL of its own.
   * @throws {InvalidArgumentError} As `twilio`.
   */
  static rest(source: RestSource, options?: Omit<IceServersOptions, 'ttl' | 'baseUrl'>): IceServers;
  /**
   * The servers. Users who are named have credentials of their own, all others share one.
   *
   * @param identity The user. Nobody if left out or null.
   * @param options See {@link CredentialCallOptions}.
   * @returns A promise. It is rejected with what `Credential.get` is rejected with, and nothing is thrown.
   * @throws {GrantmintError} As `Credential.get`.
   */
  get(identity?: string | null, options?: CredentialCallOptions): Promise<IceCredentials>;
  /**
   * The servers if they are there, else null. Starts a fetch if one is due, and never waits.
   *
   * @param identity As for `get`.
   * @param options `minRemainingMs` is that of `get`.
   * @throws {GrantmintError} As `Credential.tryGet`.
   */
  tryGet(
    identity?: string | null,
    options?: Pick<CredentialCallOptions, 'minRemainingMs'>,
  ): IceCredentials | null;
  /**
   * Keeps them fresh even if nobody asks for them. Nothing to do for coturn.
   *
   * @param identity As for `get`.
   * @param ms For how many milliseconds from now. More than 48 hours count as 48 hours. 0 ends it.
   * @throws {GrantmintError} As `Credential.prefetch`.
   */
  keepWarm(identity: string | null | undefined, ms: number): void;
  /**
   * Drops them if they still have this generation.
   *
   * @param identity As for `get`.
   * @param generation The `generation` of an {@link IceCredentials}.
   * @returns Whether they were dropped. Never for coturn.
   * @throws {GrantmintError} As `Credential.tryGet`.
   */
  invalidateIf(identity: string | null | undefined, generation: number): boolean;
  /**
   * What the cache has done, for all who share it. Null for coturn, which has none.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  stats(): Stats | null;
  /**
   * The cache's last 1,024 events since the last call, oldest first.
   *
   * @throws {GrantmintError} ERR_GRANTMINT_CLOSED.
   */
  drainEvents(): CacheEvent[];
  /** Detaches these servers. Later calls fail with ERR_GRANTMINT_CLOSED. Calls that wait get their answers. */
  close(): void;
  /** As `close`, for `using`. */
  [Symbol.dispose](): void;
}

/** A server as `RTCPeerConnection` takes it. */
export interface IceServer {
  /** Its URLs. */
  urls: string[];
  /** The user, of a server that relays. */
  username?: string;
  /** The password. */
  credential?: string;
}

/** ICE servers with credentials, and what was known of them when they were handed out. console.log shows no credential. */
export class IceCredentials {
  private constructor();
  /** What `RTCPeerConnection` takes as `iceServers`, parsed anew each time. */
  readonly iceServers: IceServer[];
  /** How many whole seconds they are good. A connection that goes on for longer may end then. */
  readonly expiresIn: number;
  /** How long they are still good, minus the safety margin. */
  readonly remainingMs: number;
  /** Whether a refresh was due, or had failed. */
  readonly freshness: Freshness;
  /** Why they are degraded, if they are. */
  readonly reason: GrantmintError | undefined;
  /** After how many milliseconds the next refresh is tried, if they are degraded. */
  readonly retryAfterMs: number | undefined;
  /** Tells those of one cache apart, for `invalidateIf`. 0 for coturn. */
  readonly generation: number;
  /** What to answer a browser that has signed in. */
  toJSON(): { iceServers: IceServer[]; expiresIn: number };
}

// The cache by itself

/** The options of a cache. */
export interface GrantCacheOptions {
  /** The windows and limits of the cache. */
  policy?: CachePolicy | undefined;
  /** For tests. */
  clock?: ManualClock | undefined;
  /**
   * Whether the cache has a rate limit: 20 fetches simultaneously, then 10 a second, and more while more are needed and
   * none is answered with a 429. A call whose turn cannot come within its timeout fails with ERR_GRANTMINT_OVERLOADED. A
   * ThrottledError then holds back all keys. If left out, it has one if one of the three limits below is given.
   */
  rateLimited?: boolean | undefined;
  /** As `PlaybackMinterOptions.callsPerSecond`, for this cache. Excludes `rateLimited: false`. */
  callsPerSecond?: number | undefined;
  /** As `PlaybackMinterOptions.burst`, for this cache. Excludes `rateLimited: false`. */
  burst?: number | undefined;
  /** As `PlaybackMinterOptions.maxFetches`, for this cache. A fetch of your own function does not count. */
  maxFetches?: number | undefined;
  /** As `PlaybackMinterOptions.fleet`, but one with a secret: a cache has no API key. */
  fleet?: HostFleet | RedisFleet | string | undefined;
  /** What the keys are for, 1 to 128 bytes. The caches of a `fleet` that give the same share their grants. */
  namespace?: string | undefined;
}

/** The lifetime of a key's grants. The same key with another `ttl` is another entry. */
export interface KeyOptions {
  /** The lifetime to ask for, in seconds, 0.001 to 86,400. 60 if left out. */
  ttl?: number | undefined;
}

/** The options of one call. */
export interface BeginOptions extends KeyOptions {
  /** The least remaining lifetime, at most half of `ttl`. 5,000 if left out, for 60 s. */
  minRemainingMs?: number | undefined;
  /** How long the caller waits. 5,000 if left out. */
  timeoutMs?: number | undefined;
}

/** The options of one call that can be cancelled. */
export interface GetOptions extends BeginOptions {
  /** Cancels this call. The fetch goes on, as others wait for it. */
  signal?: AbortSignal | undefined;
}

/**
 * A cache of short-lived grants of any service, such as OAuth tokens. Of all callers that need a grant at the same time,
 * one fetches it. A grant is kept as text: what a function returns as an object comes back as its JSON.
 *
 * @example
 * ```js
 * const answer = { access_token: 'a credential', expires_in: 3599 }; // such as `await response.json()`
 * const fetchToken = async () => ({ grant: answer.access_token, ttl: answer.expires_in });
 * const hit = await cache.get('https://api.example.com', fetchToken, { ttl: 3600 });
 * console.log(hit.grant, hit.freshness); // a credential fresh
 * ```
 */
export class GrantCache {
  /**
   * @param options See {@link GrantCacheOptions}.
   * @throws {InvalidArgumentError} For an option that does not exist or is out of its range.
   */
  constructor(options?: GrantCacheOptions);
  /**
   * A grant. If it has to be fetched and no other caller does, `fetch` does it, in this thread.
   *
   * @param key The key, 1 to 512 bytes. The same key with another `ttl` is another entry.
   * @param fetch Returns the grant, and its `ttl` if that is less than was asked for. It should end when `signal` aborts.
   * @param options See {@link GetOptions}.
   * @returns A promise. It is rejected with what is below, and nothing is thrown.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_LIMIT_EXCEEDED for the key, ERR_GRANTMINT_INVALID_TTL, or a wrong option.
   * @throws {UpstreamError} ERR_GRANTMINT_THROTTLED if `fetch` threw a ThrottledError. ERR_GRANTMINT_SOURCE_FAILED for
   *   anything else, which is the `cause` for the caller that ran it. Until the next fetch, callers get the cached error.
   * @throws {DeadlineError} No grant came within `timeoutMs`. The fetch goes on.
   * @throws {GrantmintError} ERR_GRANTMINT_OVERLOADED if the cache is full or its rate limit is used up, or
   *   ERR_GRANTMINT_ABANDONED.
   * @throws The reason of `signal`, if that aborts.
   * @example
   * ```js
   * const fetchToken = async (key, { ttl }) => ({ grant: `a credential for ${key}`, ttl });
   * const hits = await Promise.all([1, 2, 3].map(() => cache.get('billing', fetchToken)));
   * console.log(hits[2]?.grant, cache.stats().fetches); // a credential for billing 1
   * ```
   */
  get(key: string, fetch: GrantSource, options?: GetOptions): Promise<Hit>;
  /**
   * The grant that is in the cache now, or null. If a fetch is due, `fetch` does it, in the asynchronous context in which
   * the cache was made, and nobody waits for it.
   *
   * @param key The key, 1 to 512 bytes.
   * @param fetch As for `get`. Without it no fetch is started.
   * @param options See {@link BeginOptions}.
   * @throws {InvalidArgumentError} As `get`. No error of a fetch.
   * @example
   * ```js
   * console.log(cache.tryGet('billing')); // null
   * await cache.get('billing', async () => ({ grant: 'a credential' }));
   * console.log(cache.tryGet('billing')?.grant); // a credential
   * ```
   */
  tryGet(key: string, fetch?: GrantSource | null, options?: Omit<BeginOptions, 'timeoutMs'>): Hit | null;
  /**
   * Asks for a grant, and never waits.
   *
   * @param key The key, 1 to 512 bytes.
   * @param options See {@link BeginOptions}.
   * @throws {InvalidArgumentError} As `get`.
   * @throws {GrantmintError} The cached error, until the next fetch may be tried, or ERR_GRANTMINT_OVERLOADED.
   * @example
   * ```js
   * const begun = cache.begin('billing');
   * if (begun.outcome === 'fetch' && begun.ticket.start().go) begun.ticket.complete('a credential', { ttl: 60 });
   * console.log((await begun.waiter?.wait())?.grant); // a credential
   * ```
   */
  begin(key: string, options?: BeginOptions): Begun;
  /**
   * A ticket to fetch a key's grant before anybody asks for it. Null if no fetch is due.
   *
   * @param key The key, 1 to 512 bytes.
   * @param options See {@link KeyOptions}.
   * @throws {GrantmintError} As `begin`, for a new key.
   */
  prefetch(key: string, options?: KeyOptions): Ticket | null;
  /**
   * Keeps a key's grant fresh even if nobody asks for it, by tickets from `poll`.
   *
   * @param key The key, 1 to 512 bytes.
   * @param ms For how many milliseconds from now. More than 48 hours count as 48 hours. 0 ends it.
   * @param options See {@link KeyOptions}.
   * @throws {GrantmintError} As `begin`, for a new key.
   * @example
   * ```js
   * cache.keepWarm('billing', 3_600_000);
   * for (const ticket of cache.poll()) {
   *   if (ticket.start().go) ticket.complete('a credential');
   * }
   * console.log(cache.tryGet('billing')?.grant); // a credential
   * ```
   */
  keepWarm(key: string, ms: number, options?: KeyOptions): void;
  /** Ends the fetches that have timed out. Returns the tickets that are due for keys kept warm. */
  poll(): Ticket[];
  /** After how many milliseconds `poll` has something to do. Null if it will have nothing. */
  nextWakeupMs(): number | null;
  /**
   * Drops a key's grant and cached error. A fetch in flight still serves its waiters, and is not stored.
   *
   * @param key The key, 1 to 512 bytes.
   * @param options See {@link KeyOptions}.
   * @returns Whether the cache knew the key, with a grant or without one.
   * @throws {InvalidArgumentError} For a key or a `ttl` that no entry can have.
   */
  invalidate(key: string, options?: KeyOptions): boolean;
  /**
   * Drops a key's grant if it still has this generation: after a 401 of the service, so that of many callers only the
   * first has it fetched again.
   *
   * @param key The key, 1 to 512 bytes.
   * @param generation The `generation` of a {@link Hit}.
   * @param options See {@link KeyOptions}.
   * @returns Whether it was dropped.
   * @throws {InvalidArgumentError} For a key, a `ttl` or a generation that no entry can have.
   * @example
   * ```js
   * const hit = await cache.get('billing', async () => ({ grant: 'a credential' }));
   * console.log(cache.invalidateIf('billing', hit.generation), cache.tryGet('billing')); // true null
   * ```
   */
  invalidateIf(key: string, generation: number, options?: KeyOptions): boolean;
  /** Empties the cache for all who share it. */
  purge(): void;
  /** Call it when the credentials change. Grants stay, cached errors are dropped. */
  rotate(): void;
  /** What the cache has done, for all who share it. */
  stats(): Stats;
  /** The cache's last 1,024 events since the last call, oldest first. */
  drainEvents(): CacheEvent[];
}

/** What `begin` returns: a hit, a ticket, a waiter, or two of them. */
export type Begun =
  | { outcome: 'hit'; hit: Hit; ticket?: undefined; waiter?: undefined }
  | { outcome: 'hit_and_fetch'; hit: Hit; ticket: Ticket; waiter?: undefined }
  | { outcome: 'fetch'; hit?: undefined; ticket: Ticket; waiter: Waiter }
  | { outcome: 'wait'; hit?: undefined; ticket?: undefined; waiter: Waiter };

/** A grant from the cache, and what was known of it when it was handed out. */
export class Hit {
  private constructor();
  /** The grant, byte for byte as it came. Neither console.log nor JSON.stringify shows it. */
  readonly grant: string;
  /** How long it is still valid, minus the safety margin. */
  readonly remainingMs: number;
  /** Whether a refresh was due, or had failed. */
  readonly freshness: Freshness;
  /** Tells grants of one cache apart, for `invalidateIf`. */
  readonly generation: number;
  /** Why it is degraded, if it is. */
  readonly reason: GrantmintError | undefined;
  /** After how many milliseconds the next refresh is tried, if it is degraded. */
  readonly retryAfterMs: number | undefined;
}

/** A ticket. Whoever holds it has to fetch one grant, for all who wait for it. */
export class Ticket {
  private constructor();
  /** The key whose grant is wanted. */
  readonly key: string;
  /** The lifetime to ask for, in seconds. */
  readonly ttl: number;
  /** Whether the fetch replaces a grant that is still valid. */
  readonly isRefresh: boolean;
  /**
   * Asks whether the request may be sent. Call it right before sending: the grant's lifetime counts from here. If
   * `go`, the request has `ms` until its timeout. If not, ask again after `ms`, unless `served`: then the fetch has ended
   * with a grant that another process of the fleet had fetched, and no request is to be sent. Throws if the request may
   * not be sent at all.
   */
  start(): { go: boolean; ms: number; served?: boolean | undefined };
  /**
   * Ends the fetch with a grant. Nothing happens if the fetch has ended.
   *
   * @param grant The grant: text or bytes, which are kept byte for byte, or what JSON.stringify makes of a value.
   * @param options `ttl` is how many seconds it is valid from `start` on, if that is less than was asked for.
   * @throws {InvalidArgumentError} For what is not JSON, and for a `ttl` that is more than was asked for, or no time. The
   *   fetch goes on.
   */
  complete(grant: Json, options?: KeyOptions): void;
  /**
   * Ends the fetch with an error for all who wait. Nothing happens if the fetch has ended.
   *
   * @param error The error. With a `retryAfterMs` no request is sent for that time.
   * @throws {InvalidArgumentError} For an error of another class. The fetch goes on.
   */
  fail(error: GrantmintError): void;
  /** Ends the fetch without an outcome. The waiters begin again. */
  abandon(): void;
  /** As `abandon`, for `using`: nothing happens if the fetch has ended. */
  [Symbol.dispose](): void;
}

/** A waiter: one caller that waits for a fetch. */
export class Waiter {
  private constructor();
  /** The grant, or null while the fetch has no outcome. Throws the error if the fetch failed. */
  tryResult(): Hit | null;
  /** The grant that is in the cache, if it has the remaining lifetime that the caller asked for. */
  fallback(): Hit | null;
  /**
   * The grant, once the fetch ends or the caller's timeout is over.
   *
   * @param options `signal` cancels this wait alone.
   * @throws {GrantmintError} The error of the fetch; a DeadlineError; ERR_GRANTMINT_CANCELLED after `close`, or if the
   *   waiter has given its result already; the reason of `signal`.
   */
  wait(options?: { signal?: AbortSignal | undefined }): Promise<Hit>;
  /** Stops waiting. The fetch goes on, for others. */
  close(): void;
  /** As `close`, for `using`. */
  [Symbol.dispose](): void;
}

/** Statistics of a cache since it was made. Counters only rise. */
export class Stats {
  private constructor();
  /** Grants handed out from the cache, without waiting. */
  readonly hits: number;
  /** Those of them for which no refresh was due. */
  readonly hitsFresh: number;
  /** Those of them for which a refresh was due or in flight. */
  readonly hitsRefreshing: number;
  /** Those of them whose last refresh had failed. */
  readonly hitsDegraded: number;
  /** Calls that had to wait for a fetch. */
  readonly waits: number;
  /** Calls refused at once with a cached error. */
  readonly refusals: number;
  /** Those of them that were refused because the account's rate leaves no room for their fetch. */
  readonly noRoom: number;
  /** Fetches sent upstream. */
  readonly fetches: number;
  /** Those of them that refreshed a grant which was still good. */
  readonly refreshes: number;
  /** Fetches answered with a 429. */
  readonly throttled: number;
  /** Entries dropped to make space for others. */
  readonly evictions: number;
  /** Entries now in the cache. */
  readonly keys: number;
  /** Fetches now in flight. */
  readonly inFlight: number;
  /** Fetches that wait for their turn now, because of the account's rate. */
  readonly waiting: number;
  /** Keys that were refused for want of room within the last minute, approximately. */
  readonly keysRefused: number;
  /** How much is left of the account's cool-down. */
  readonly cooldownLeftMs: number;
  /**
   * How many calls per second the account may make now, which changes with need and with what upstream refuses.
   * Undefined without a rate limit. Of several accounts the lowest.
   */
  readonly callsPerSecond: number | undefined;
  /** How far the clock of upstream is ahead of the local one, if known. */
  readonly clockOffsetMs: number | undefined;
  /** Grants that came with a `Date` of another clock than upstream's, such as a proxy's. It was left out of account. */
  readonly implausibleDates: number;
  /** Fetches that failed: how many of each code. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  /** How long fetches took. Each bucket has an upper bound, and how many fetches took no longer. */
  readonly latency: {
    readonly buckets: readonly { readonly leMs: number; readonly count: number }[];
    readonly count: number;
    readonly sumMs: number;
  };
  /** What other processes have brought. Undefined without a fleet. */
  readonly fleet: FleetStats | undefined;
  /**
   * The statistics in the text format that Prometheus scrapes.
   *
   * @param cache The value of the label `cache`, which each series has.
   * @throws {InvalidArgumentError} For what is no string.
   */
  toPrometheus(cache: string): string;
}

/** What the other processes of a fleet have done for a cache. */
export interface FleetStats {
  /** Grants that another process had fetched. */
  readonly values: number;
  /** Fetches that this process made for all. */
  readonly leases: number;
  /** Fetches that waited for another process's. */
  readonly waits: number;
  /** Fetches that were not sent because upstream had refused another process's. */
  readonly pauses: number;
  /** Fetches sent without the right to, whatever the reason: the sum of the next four. */
  readonly alone: number;
  /** Those that were sent because the store failed, or had failed before. */
  readonly aloneFailed: number;
  /** Those that were sent because the store takes no writes. */
  readonly aloneNolease: number;
  /** Those that were sent because who had the right took too long. */
  readonly aloneLate: number;
  /** Those that were sent because the store had, time after time, what could not be used. */
  readonly aloneRejected: number;
  /** Contents of the store that were not handed out: torn, moved, changed, or sealed with another key. */
  readonly rejected: number;
  /** Grants that end more than two seconds sooner by this machine's clock than by the store's. */
  readonly skewed: number;
  /** Times that the store failed. */
  readonly errors: number;
  /** Answers of the store to whether another process has a grant or fetches it. */
  readonly answers: number;
  /** How long all of these took together, in milliseconds. */
  readonly answerTimeMs: number;
  /** Whether the store is not asked for some seconds, because it failed. */
  readonly isBroken: boolean;
  /** Whether there is a connection to the server now; never with a folder alone. */
  readonly isConnected: boolean;
  /** Whether the server cannot do what a fleet needs, such as to run scripts or tell the time. */
  readonly isUnsupported: boolean;
  /** Calls per second of all processes that the account was let make last. Undefined before, and without a limit. */
  readonly callsPerSecond: number | undefined;
  /** What is left of the account's cool-down in milliseconds, as the store has told this process. */
  readonly cooldownLeftMs: number;
  /** What was wrong with the store when it failed last. */
  readonly trouble: string | undefined;
}

/** Something that happened in a cache. */
export interface CacheEvent {
  /** When, in Unix milliseconds. */
  atMs: number;
  /**
   * What happened. `no_room`: a key was refused, for the first time within a minute, as the account's rate leaves no room
   * for its fetch. `rate_cut`: after a 429 the account is called less often. `limits_differ`: another minter of the
   * account has given other limits, and of each the lower holds. `fleet_value`: a grant came from another process, which
   * had fetched it. `fleet_broken`: the store that processes share failed, and is not asked for some seconds; `fleet_back`:
   * it can be used again. `fleet_read_only`: it takes no writes; `fleet_unsupported`: the server cannot do what a fleet
   * needs; `fleet_skewed`: a grant ends sooner by this machine's clock than by the store's.
   */
  kind:
    | 'fetch_sent'
    | 'fetch_succeeded'
    | 'fetch_failed'
    | 'fetch_abandoned'
    | 'evicted'
    | 'invalidated'
    | 'purged'
    | 'rotated'
    | 'forked'
    | 'no_room'
    | 'rate_cut'
    | 'limits_differ'
    | 'fleet_value'
    | 'fleet_broken'
    | 'fleet_back'
    | 'fleet_read_only'
    | 'fleet_unsupported'
    | 'fleet_skewed'
    | 'lifetime_cut';
  /** The key. None for an event of the whole cache, of a credential that all callers share, and of ICE servers, whose keys
   * are identities. */
  key?: string | undefined;
  /** The code of the error, for `fetch_failed`. */
  code?: ErrorCode | undefined;
  /** The generation of the grant, for `fetch_succeeded` and `fleet_value`. */
  generation?: number | undefined;
}

// Verifying and signing

/** How a token is signed. */
export type Algorithm = 'HS256' | 'HS384' | 'HS512';

/** The options of `verify`. */
export interface VerifyOptions {
  /** How many seconds `exp` and `nbf` may be off, at most 300. 0 if left out. */
  leeway?: number | undefined;
  /** The Unix second to take for the present one. */
  now?: number | undefined;
  /** The one algorithm to accept. HS256 if left out. */
  algorithm?: Algorithm | undefined;
}

/** The options of `verifyJwt`. */
export interface VerifyJwtOptions extends VerifyOptions {
  /** Whether a token must have an `exp`. It must if left out. */
  requireExp?: boolean | undefined;
}

/** The content of a token. Neither console.log nor JSON.stringify shows any of it. */
export class Decoded {
  private constructor();
  /** The header, parsed anew each time. */
  readonly header: Record<string, unknown>;
  /** The claims, parsed anew each time. */
  readonly claims: Record<string, unknown>;
  /** The header, byte for byte. */
  readonly headerJson: string;
  /** The claims, byte for byte. */
  readonly claimsJson: string;
  /** The grants. The identity is among them. */
  readonly grants: Record<string, unknown> | undefined;
  /** Whom it is for. */
  readonly identity: string | undefined;
  /** `iss`: the API key. */
  readonly issuer: string | undefined;
  /** `sub`: the account. */
  readonly subject: string | undefined;
  /** `jti`: the token's identifier. */
  readonly jti: string | undefined;
  /** `twr`: Twilio's region. */
  readonly region: string | undefined;
  /** `iat`, in Unix seconds. */
  readonly issuedAt: number | undefined;
  /** `nbf`, in Unix seconds. */
  readonly notBefore: number | undefined;
  /** `exp`, in Unix seconds. */
  readonly expiresAt: number | undefined;
}

/**
 * Verifies an Access Token: made with this key, for its account, valid now. It knows one key: for as long as tokens of a
 * key before a rotation may be in use, try that key if this fails with ERR_GRANTMINT_TOKEN_ISSUER or, if only the secret
 * changed, with ERR_GRANTMINT_TOKEN_SIGNATURE.
 *
 * @param token The JWT alone, without `Bearer ` before it.
 * @param key The key that signed it.
 * @param options See {@link VerifyOptions}.
 * @throws {TokenError} `code` says why: ERR_GRANTMINT_TOKEN_EXPIRED, …_NOT_YET_VALID, …_SIGNATURE, …_ISSUER, …_ALGORITHM,
 *   …_MALFORMED or …_CLAIMS. Answer 401.
 * @throws {InvalidArgumentError} For a wrong option.
 * @example
 * ```js
 * const jwt = new TokenMinter(key).mint('alice');
 * console.log(verify(jwt, key, { leeway: 5 }).identity); // alice
 * ```
 */
export function verify(token: string, key: ApiKey, options?: VerifyOptions): Decoded;
/**
 * Verifies another service's token: signed with this secret, valid now. It must have an `exp`, unless `requireExp` is false.
 *
 * @param token The JWT alone, without `Bearer ` before it.
 * @param secret The secret that both services know.
 * @param options See {@link VerifyJwtOptions}.
 * @throws {TokenError} As `verify`, except for the issuer.
 * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_CREDENTIALS for an empty secret, or a wrong option.
 * @example
 * ```js
 * const claims = { iss: 'app', exp: Math.floor(Date.now() / 1000) + 60 };
 * const jwt = sign('HS256', { alg: 'HS256' }, claims, 'a secret that two services know');
 * console.log(verifyJwt(jwt, 'a secret that two services know').issuer); // app
 * ```
 */
export function verifyJwt(token: string, secret: string | Uint8Array, options?: VerifyJwtOptions): Decoded;
/**
 * Decodes a token without verifying anything. To act on a token, use `verify`.
 *
 * @param token The JWT alone, without `Bearer ` before it.
 * @throws {TokenError} ERR_GRANTMINT_TOKEN_MALFORMED.
 * @example
 * ```js
 * const { identity, claims } = decode(new TokenMinter(key).mint('alice'));
 * console.log(identity, claims.iss === key.keySid); // alice true
 * ```
 */
export function decode(token: string): Decoded;
/**
 * Wipes everything that is kept for minters to come and that nobody uses now: caches with their grants and cached
 * errors, the cool-downs and rate limits of accounts, idle connections.
 *
 * A cache that minters share is kept after its last minter until its last grant and cached error have ended, at most
 * 62 s, so that a minter for each request does not cost a request to Twilio each time. Minters that exist, and what they
 * use, are not touched.
 *
 * @example
 * ```js
 * live.close();
 * forget();
 * ```
 */
export function forget(): void;
/**
 * Signs any claims, for tokens of other services. Text and bytes of JSON are signed as they are.
 *
 * @param algorithm How to sign.
 * @param header The header, whose `alg` must be `algorithm`.
 * @param claims The claims, a JSON object. Nothing is added.
 * @param secret The secret, not empty.
 * @throws {InvalidArgumentError} For another algorithm, a header or claims that are no JSON object, an empty secret, or a
 *   token of over 128 KiB.
 * @example
 * ```js
 * const jwt = sign('HS256', { alg: 'HS256', typ: 'JWT' }, { iss: 'app' }, 'a secret that two services know');
 * console.log(decode(jwt).issuer); // app
 * ```
 */
export function sign(algorithm: Algorithm, header: Json, claims: Json, secret: string | Uint8Array): string;

// Tokens of other services

/** The options of a Slot. */
export interface SlotOptions {
  /** What it takes. A string if left out. An integer is at most 2^53 - 1 either way. */
  type?: 'string' | 'integer' | 'boolean' | 'json' | undefined;
  /** Where it stands, if it is given as `identity`: the names from the top of the claims down to it. Its name if left out. */
  at?: string | readonly string[] | undefined;
  /** Whether each token must have a value for it, and a string must not be empty. */
  required?: boolean | undefined;
  /** The smallest integer. */
  min?: number | undefined;
  /** The largest integer; of a string or JSON the longest, 65,536 if left out, an identity 512. */
  max?: number | undefined;
  /** In which unit `max` counts a string. Bytes of UTF-8 if left out. */
  unit?: 'bytes' | 'characters' | 'utf16' | undefined;
  /** The only strings that are allowed. */
  oneOf?: readonly string[] | undefined;
}

/**
 * A claim that each token has its own value of. It stands among the claims of a {@link JwtMinter} where its value will be.
 *
 * @example
 * ```js
 * const room = new Slot('room', { required: true, max: 256 });
 * const rooms = new JwtMinter('a secret of at least thirty-two bytes', { claims: { video: { room } } });
 * console.log(decode(rooms.mint('alice', { room: 'DailyStandup' })).claims.video); // { room: 'DailyStandup' }
 * ```
 */
export class Slot {
  /**
   * @param name The name by which a mint gives its value, 1 to 64 bytes.
   * @param options See {@link SlotOptions}.
   * @throws {InvalidArgumentError} For an option that does not exist or is wrong.
   */
  constructor(name: string, options?: SlotOptions);
  /** The name by which a mint gives its value. */
  readonly name: string;
  /** What it takes. */
  readonly type: 'string' | 'integer' | 'boolean' | 'json';
}

/** Values for slots, by their names. What is undefined or null is left out. */
export interface SlotValues {
  /** The value of the slot of this name. */
  readonly [name: string]: Json | undefined;
}

/** One user of many: the identity, and values for slots. */
export type JwtUser = SlotValues & { readonly identity?: string | null | undefined };

/** What all kinds of tokens can be told. */
export interface JwtPresetOptions {
  /** Claims that all tokens have, and slots for those that differ, at any depth. */
  claims?: { readonly [name: string]: unknown } | undefined;
  /** Members of the header, such as `kid`. */
  header?: { readonly [name: string]: Json } | undefined;
  /** `typ` of the header. JWT if left out; null for none. */
  typ?: string | null | undefined;
  /** How they are signed. HS256 if left out. */
  algorithm?: Algorithm | undefined;
  /** How many seconds each token is valid, 1 to `maxTtl`. 3,600 if left out. */
  ttl?: number | undefined;
  /** The longest `ttl` to allow, in seconds, at most 31,536,000. 86,400 if left out. */
  maxTtl?: number | undefined;
  /** Whether tokens say when they were issued. They do if left out. */
  iat?: boolean | undefined;
  /** Whether they say that they are valid from their minting on, or the Unix second from which on. They do not if left out. */
  nbf?: boolean | number | undefined;
  /** How many seconds `iat` and `nbf` are set back, for services whose clocks are behind: at most 300. 0 if left out. */
  backdate?: number | undefined;
  /** Whether each token has a unique jti. */
  unique?: boolean | undefined;
  /** For tests. */
  clock?: ManualClock | undefined;
}

/** What a kind of token is made from. */
export interface JwtMinterOptions extends JwtPresetOptions {
  /** The claim that the identity becomes: its name, the names down to it, a {@link Slot}, or null for none. `sub` if left out. */
  identity?: string | readonly string[] | Slot | null | undefined;
}

/** What is told beside the key of a service. */
export interface ServiceOptions extends JwtPresetOptions {
  /** Values that all tokens have of the service's slots. A mint gives the others. */
  slots?: SlotValues | undefined;
}

/**
 * Mints JSON Web Tokens of one kind for any service that takes HS256, HS384 or HS512: fixed claims, and typed slots for what
 * differs between users. Everything but the slots is prepared once a second.
 *
 * @example
 * ```js
 * const secret = 'a secret of at least thirty-two bytes';
 * const rooms = new JwtMinter(secret, {
 *   claims: { iss: 'my-app', video: { join: true, room: new Slot('room', { required: true }) } },
 *   ttl: 600,
 * });
 * const { subject, claims } = verifyJwt(rooms.mint('alice', { room: 'DailyStandup' }), secret);
 * console.log(subject, claims.video); // alice { join: true, room: 'DailyStandup' }
 * ```
 */
export class JwtMinter {
  /**
   * @param secret The secret that both services know, not empty.
   * @param options See {@link JwtMinterOptions}.
   * @throws {InvalidArgumentError} For an option or a claim that is wrong, `exp`, `iat` or `nbf` among the claims, and slots
   *   that stand in the way of one another. `argument` names it.
   */
  constructor(secret: string | Uint8Array, options?: JwtMinterOptions);
  /**
   * Tokens of LiveKit, valid for six hours. Its slots have the names of livekit-server-sdk: `room`, `roomJoin`, `canPublish`,
   * `name`, `metadata`, `attributes` and so on. Who joins a room needs a `room` and an identity.
   *
   * @param apiKey The API key.
   * @param apiSecret Its secret.
   * @param options See {@link ServiceOptions}.
   * @throws {InvalidArgumentError} As the constructor, and for a slot that is wrong.
   * @example
   * ```js
   * const joins = JwtMinter.livekit('APIkey', 'a secret of at least thirty-two bytes', { slots: { roomJoin: true } });
   * const jwt = joins.mint('alice', { room: 'DailyStandup', name: 'Alice' });
   * console.log(decode(jwt).claims.video); // { roomJoin: true, room: 'DailyStandup' }
   * ```
   */
  static livekit(apiKey: string, apiSecret: string, options?: ServiceOptions): JwtMinter;
  /**
   * The same, with the key of the variables LIVEKIT_API_KEY and LIVEKIT_API_SECRET.
   *
   * @param options See {@link ServiceOptions}.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_CREDENTIALS names a variable that is missing or empty.
   */
  static livekitFromEnv(options?: ServiceOptions): JwtMinter;
  /**
   * Tokens of Zoom's Video SDK, valid for two hours. Its slots have the names of its claims: `tpc`, the session's name, and
   * `role_type`, 1 for a host and 0 for a participant, are required.
   *
   * @param sdkKey The SDK key.
   * @param sdkSecret Its secret.
   * @param options See {@link ServiceOptions}.
   * @throws {InvalidArgumentError} As `livekit`.
   * @example
   * ```js
   * const hosts = JwtMinter.zoomVideoSdk('sdk-key', 'a secret of at least thirty-two bytes', {
   *   slots: { role_type: 1 },
   * });
   * console.log(decode(hosts.mint('bob', { tpc: 'Cool Cars' })).claims.tpc); // Cool Cars
   * ```
   */
  static zoomVideoSdk(sdkKey: string, sdkSecret: string, options?: ServiceOptions): JwtMinter;
  /**
   * Tokens of a Jitsi Meet of your own. Its slots are `room`, which is required and may be `*`, and of the user `name`,
   * `email`, `avatar`, `moderator` and `affiliation`; beside these `group` and `features`.
   *
   * @param appId The app's id.
   * @param appSecret Its secret.
   * @param aud The audience that it accepts, `jitsi` for most.
   * @param sub Its domain or tenant, in lower case.
   * @param options See {@link ServiceOptions}.
   * @throws {InvalidArgumentError} As `livekit`.
   */
  static jitsi(
    appId: string,
    appSecret: string,
    aud: string,
    sub: string,
    options?: ServiceOptions,
  ): JwtMinter;
  /**
   * Self-signed meeting tokens of Daily. Its slots have the names of its REST API; `room_name` is required.
   *
   * @param domainId The domain's id.
   * @param apiKey The API key.
   * @param options See {@link ServiceOptions}.
   * @throws {InvalidArgumentError} As `livekit`.
   */
  static daily(domainId: string, apiKey: string, options?: ServiceOptions): JwtMinter;
  /**
   * The token of one user, issued now.
   *
   * @param identity Whom it is for. Left out, null or undefined where tokens name nobody.
   * @param slots Values for slots, by their names.
   * @throws {InvalidArgumentError} ERR_GRANTMINT_INVALID_IDENTITY, or a slot is missing, unknown, of another type, too long or
   *   not allowed. `argument` names it.
   */
  mint(identity?: string | null, slots?: SlotValues): string;
  /**
   * The token of one user, issued at a Unix second of the caller's choice.
   *
   * @param identity As for `mint`.
   * @param now The Unix second from which `ttl` counts.
   * @param slots As for `mint`.
   * @throws {InvalidArgumentError} As `mint`, and for a time after the year 9999, such as milliseconds.
   */
  mintAt(identity: string | null | undefined, now: number, slots?: SlotValues): string;
  /**
   * One token for each user, all issued in the same second. If one fails, the call throws.
   *
   * @param users The users, each with its `identity` and its slots.
   * @throws {InvalidArgumentError} As `mint`. `argument` is `users[2].room` for the third of them.
   * @example
   * ```js
   * const minter = new JwtMinter('a secret of at least thirty-two bytes');
   * console.log(minter.mintMany([{ identity: 'alice' }, { identity: 'bob' }]).length); // 2
   * ```
   */
  mintMany(users: Iterable<JwtUser>): string[];
  /**
   * A minter whose slots of these names have their values already: for all the users of one room.
   *
   * @param slots Values for slots, by their names.
   * @throws {InvalidArgumentError} As `mint`.
   */
  bind(slots: SlotValues): JwtMinter;
  /** Advice on this kind of token. Empty for most. */
  warnings(): Advice[];
}

// Tests

/**
 * A clock that moves only when told to, for tests. Minters and caches take it as `clock`; a minter with one shares
 * nothing.
 *
 * @example
 * ```js
 * const clock = new ManualClock(1_700_000_000);
 * const timed = new GrantCache({ clock });
 * const fetchGrant = async () => ({ grant: 'a credential' });
 * await timed.get('billing', fetchGrant, { ttl: 60 });
 * clock.advance(61);
 * console.log(timed.tryGet('billing'), clock.now().wall); // null 1700000061
 * ```
 */
export class ManualClock {
  /**
   * @param wall The Unix second at which it starts.
   * @throws {InvalidArgumentError} For what is no such time, also for milliseconds.
   */
  constructor(wall: number);
  /**
   * Lets time pass.
   *
   * @param seconds How long, with fractions.
   * @throws {InvalidArgumentError} For what is no time.
   */
  advance(seconds: number): void;
  /**
   * Lets time pass as if the machine slept.
   *
   * @param seconds How long, with fractions.
   * @throws {InvalidArgumentError} For what is no time.
   */
  suspend(seconds: number): void;
  /**
   * Steps the wall clock by a finite time, forward or back. The time since boot stays.
   *
   * @param seconds How far, with fractions. Negative for back.
   * @throws {InvalidArgumentError} For what is no finite number.
   */
  jumpWall(seconds: number): void;
  /** Its time in seconds: since boot, and Unix time. */
  now(): { boot: number; wall: number };
}

/** What tests of a program that uses grantmint may need. */
export const testing: {
  readonly ManualClock: typeof ManualClock;
  /**
   * Makes a cache behave from now on as it would in a forked child.
   *
   * @param cache The cache.
   * @throws {InvalidArgumentError} For what is no GrantCache.
   */
  simulateFork(cache: GrantCache): void;
};

// Not from a library of TypeScript: before 5.2 there is none that has it.
declare global {
  /** JavaScript's own symbols. */
  interface SymbolConstructor {
    /** The method that `using` calls at the end of its block. */
    readonly dispose: unique symbol;
  }
}

// Without this line every declaration would be exported.
export {};
