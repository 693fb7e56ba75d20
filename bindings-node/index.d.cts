/// <reference lib="esnext.disposable" />

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

/** Every limit of tokens, such as `TTL_MAX`. */
export const LIMITS: Readonly<Record<string, number>>;

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
  code?: ErrorCode;
  /** After how many milliseconds a retry makes sense. */
  retryAfterMs?: number;
  /** What caused it, such as what a source threw. */
  cause?: unknown;
}

/** The class of all errors of grantmint. No message holds a secret, a token or a grant. */
export class GrantmintError extends Error {
  constructor(message?: string, options?: ErrorOptions);
  /** The stable name of the error. */
  readonly code: ErrorCode;
  /** The stable number of the error. */
  readonly number: number;
  /** Whether the same call may succeed later with the same arguments. */
  readonly isRetryable: boolean;
  /** After how many milliseconds a retry makes sense, if that is known. */
  readonly retryAfterMs?: number;
  /** The argument at fault, such as `grantTtl` or `identities[2]`. Undefined for other errors. */
  readonly argument?: string;
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
 */
export class ThrottledError extends UpstreamError {}
/** No grant came within the caller's timeout. Number 400. */
export class DeadlineError extends GrantmintError {}

// Keys and grants

/** An API key of an account. It is checked, never shown, and wiped from memory after its last use. */
export class ApiKey {
  /**
   * @param accountSid The account, AC and 32 hexadecimal digits.
   * @param keySid The key, SK and 32 hexadecimal digits.
   * @param secret The key's secret. Twilio's console shows it once.
   */
  constructor(accountSid: string, keySid: string, secret: string, options?: ApiKeyOptions);
  /** A key from the variables TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET. */
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
  region?: string;
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
  /** The room, at most 128 characters. Any room if left out. */
  room?: string;
}

/** Lets its holder join rooms of Programmable Video: one, or any. */
export class VideoGrant implements Grant, Readonly<VideoGrantOptions> {
  constructor(options?: VideoGrantOptions);
  readonly room?: string;
  readonly key: string;
  toJson(): string;
}

/** The options of a ChatGrant and an IpMessagingGrant. */
export interface ChatGrantOptions {
  /** The service, IS…. */
  serviceSid?: string;
  /** A name for the device and user. */
  endpointId?: string;
  /** The role in the deployment, RL…. */
  deploymentRoleSid?: string;
  /** The push credential for notifications, CR…. */
  pushCredentialSid?: string;
}

/** Lets its holder chat. The Conversations SDK takes the same grant. */
export class ChatGrant implements Grant, Readonly<ChatGrantOptions> {
  constructor(options?: ChatGrantOptions);
  readonly serviceSid?: string;
  readonly endpointId?: string;
  readonly deploymentRoleSid?: string;
  readonly pushCredentialSid?: string;
  readonly key: string;
  toJson(): string;
}

/** Legacy: the predecessor of ChatGrant. */
export class IpMessagingGrant implements Grant, Readonly<ChatGrantOptions> {
  constructor(options?: ChatGrantOptions);
  readonly serviceSid?: string;
  readonly endpointId?: string;
  readonly deploymentRoleSid?: string;
  readonly pushCredentialSid?: string;
  readonly key: string;
  toJson(): string;
}

/** The options of a SyncGrant. */
export interface SyncGrantOptions {
  /** The service, IS…. */
  serviceSid?: string;
  /** A name for the device and user. */
  endpointId?: string;
}

/** Lets its holder read and write the state of a Sync service. */
export class SyncGrant implements Grant, Readonly<SyncGrantOptions> {
  constructor(options?: SyncGrantOptions);
  readonly serviceSid?: string;
  readonly endpointId?: string;
  readonly key: string;
  toJson(): string;
}

/** The options of a TaskRouterGrant. */
export interface TaskRouterGrantOptions {
  /** The workspace, WS…. */
  workspaceSid?: string;
  /** The worker, WK…. */
  workerSid?: string;
  /** The holder's role, such as `worker`. */
  role?: string;
}

/** Lets its holder act as a worker of a TaskRouter workspace. Flex takes the same grant. */
export class TaskRouterGrant implements Grant, Readonly<TaskRouterGrantOptions> {
  constructor(options?: TaskRouterGrantOptions);
  readonly workspaceSid?: string;
  readonly workerSid?: string;
  readonly role?: string;
  readonly key: string;
  toJson(): string;
}

/** The options of an RtcGrant. */
export interface RtcGrantOptions {
  /** The configuration profile, CP…. */
  configurationProfileSid?: string;
}

/** Legacy: lets its holder take part in conversations, which rooms replaced. */
export class RtcGrant implements Grant, Readonly<RtcGrantOptions> {
  constructor(options?: RtcGrantOptions);
  readonly configurationProfileSid?: string;
  readonly key: string;
  toJson(): string;
}

/** The options of a VoiceGrant. */
export interface VoiceGrantOptions {
  /** Whether the holder may receive calls. */
  incomingAllow?: boolean;
  /** The TwiML application that outgoing calls go through, AP…. */
  outgoingApplicationSid?: string;
  /** Parameters that the application gets with each outgoing call. Left out without an application. */
  outgoingApplicationParams?: Json;
  /** The push credential that announces calls, CR…. */
  pushCredentialSid?: string;
  /** A name for the device. */
  endpointId?: string;
}

/** Lets its holder make and receive calls. */
export class VoiceGrant implements Grant, Readonly<Omit<VoiceGrantOptions, 'outgoingApplicationParams'>> {
  constructor(options?: VoiceGrantOptions);
  readonly incomingAllow?: boolean;
  readonly outgoingApplicationSid?: string;
  readonly pushCredentialSid?: string;
  readonly endpointId?: string;
  readonly key: string;
  toJson(): string;
}

/** Lets its holder watch one live stream. */
export class PlaybackGrant implements Grant {
  /** @param options `grant` is the member of that name in the PlaybackGrant endpoint's answer. */
  constructor(options: { grant: Json });
  readonly key: string;
  toJson(): string;
}

/** Any JSON under any key, for grants that this library does not know. */
export class CustomGrant implements Grant {
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
  /** Its stable name, such as `voice_identity`. */
  code: string;
  /** What is unwise, and what would be better. */
  message: string;
}

/** What the tokens of a minter have in common. */
export interface TokenMinterOptions {
  /** What each holder may do. */
  grants?: Iterable<AnyGrant>;
  /** How many seconds each token is valid, 1 to 86,400. 3,600 if left out. */
  ttl?: number;
  /** The Unix second before which no token is valid, earlier than its end. */
  nbf?: number;
  /** Whether each token has a unique jti instead of Twilio's. */
  unique?: boolean;
  /** For tests. */
  clock?: ManualClock;
}

/** The options of one Access Token. */
export interface AccessTokenOptions extends TokenMinterOptions {
  /** Whom it is for. At most 512 bytes, and 128 characters with a video grant. */
  identity: string;
  /** The Unix second at which it expires, instead of `ttl`. */
  validUntil?: number;
}

/** One Access Token. It cannot be changed. Its time of issue is that of `toJwt`. */
export class AccessToken {
  constructor(key: ApiKey, options: AccessTokenOptions);
  /** Whom it is for. */
  readonly identity: string;
  /** The token, signed and issued now. */
  toJwt(): string;
  /** Advice on this token. Empty for most. */
  warnings(): Advice[];
}

/** Mints Access Tokens that differ only in their identity. Key, grants and ttl are the same. */
export class TokenMinter {
  constructor(key: ApiKey, options?: TokenMinterOptions);
  /** The token of one viewer, issued now. */
  mint(identity: string): string;
  /** The token of one viewer, issued at a Unix second of the caller's choice. */
  mintAt(identity: string, now: number): string;
  /** One token for each identity, all issued in the same second. If one fails, the call throws. */
  mintMany(identities: Iterable<string>): string[];
  /** Advice on this kind of token. Empty for most. */
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

/** What a source returns. The body of the REST endpoint's answer is one. */
export interface Sourced {
  /** The grant: an object, or text or bytes of one. */
  grant: Json;
  /** How many seconds it is valid, if that is not what was asked for. */
  ttl?: number | null;
}

/** Where grants come from instead of the PlaybackGrant endpoint. */
export type GrantSource = (streamer: string, request: SourceRequest) => Sourced | Promise<Sourced>;

/** The windows and limits of a cache. A window that is left out scales with the lifetime of each grant. */
export interface CachePolicy {
  /** Below this remaining lifetime callers wait for the fetch that is in flight. */
  waitBelowMs?: number;
  /** At this remaining lifetime a refresh is due. */
  softPointMs?: number;
  /** Subtracted from the lifetime of each grant, as clocks differ and answers take time. */
  safetyMarginMs?: number;
  /** How long one fetch may take. */
  fetchTimeoutMs?: number;
  /** How many streams the cache holds at most. 10,000 if left out. */
  maxKeys?: number;
  /** Replaces every random number by this one, 0 to 1, for tests. */
  jitter?: number;
}

/** How grants are fetched, and what is in the tokens that hold them. */
export interface PlaybackMinterOptions {
  /** The only web origin that may play the streams, such as `https://www.example.com`. Any if left out. */
  allowOrigin?: string;
  /** Further grants in each token. */
  grants?: Iterable<AnyGrant>;
  /** How many seconds each token is valid, 1 to 86,400. 3,600 if left out. */
  ttl?: number;
  /** Whether each token has a unique jti, which is the default, or Twilio's. */
  unique?: boolean;
  /** The lifetime to ask for, for each grant, in seconds, 1 to 60. 60 if left out. */
  grantTtl?: number;
  /** The least remaining lifetime of the grant in a token, at most half of `grantTtl`. */
  minRemainingMs?: number;
  /** How long a call waits for a grant. 5,000 if left out. */
  timeoutMs?: number;
  /** Where grants come from. It runs in the thread that made the minter. */
  source?: GrantSource;
  /** A cache to use. */
  cache?: GrantCache;
  /** A name. All minters of the account with this name share one cache, in all workers. */
  share?: string;
  /** Whether the minter has a cache that it does not share. */
  isolated?: boolean;
  /** Scheme, host and port of upstream. `https://media.twilio.com` if left out. */
  baseUrl?: string;
  /** The URL of an HTTP proxy. The environment's is not read. */
  proxy?: string;
  /** A PEM file with the certificate authorities to trust instead of the built-in ones. */
  caFile?: string;
  /** The windows and limits of the cache. Minters with different ones do not share a cache. */
  policy?: CachePolicy;
  /** For tests. */
  clock?: ManualClock;
}

/** The options of one call. They replace those of the minter. */
export interface TokenOptions {
  /** Cancels this call. The fetch goes on, as others wait for it. */
  signal?: AbortSignal;
  /** The least remaining lifetime of the grant in the token. */
  minRemainingMs?: number;
  /** How long to wait. */
  timeoutMs?: number;
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
 * Mints playback tokens. All viewers of a stream share one grant. Make one minter and keep it. Minters of one
 * account share their cache, in all workers of the process. It is kept for a while after the last of them: until its
 * last grant and cached error have ended, at most 62 s. `forget` wipes it at once. A program that makes and drops 20
 * minters within a minute is warned once (`GRANTMINT_MINTER_PER_REQUEST`).
 */
export class PlaybackMinter {
  constructor(key: ApiKey, options?: PlaybackMinterOptions);
  /** A token for one viewer of a stream (VJ…). Waits for a grant if there is none. */
  token(streamer: string, identity: string, options?: TokenOptions): Promise<PlaybackToken>;
  /** The JWT of a token if the grant is in the cache, else null. Starts a fetch if one is due. */
  tryToken(streamer: string, identity: string): string | null;
  /** A minter for one stream, for hot paths. Keep it for as long as the stream is live. */
  stream(streamer: string): StreamMinter;
  /** Starts to fetch a stream's grant before anybody asks for it. Does not wait. */
  prefetch(streamer: string): void;
  /** Keeps a stream's grant fresh even if nobody asks for it, for at most 24 hours. 0 ends it. */
  keepWarm(streamer: string, ms: number): void;
  /** Drops a stream's grant, and tells whether there was one. A fetch in flight is not stored. */
  invalidate(streamer: string): boolean;
  /** Drops a stream's grant if it still has this generation. */
  invalidateIf(streamer: string, generation: number): boolean;
  /** Signs and fetches with another key of the same account from now on. */
  rotate(key: ApiKey): void;
  /** What the cache has done, for all who share it. */
  stats(): Stats;
  /** The cache's last 1,024 events since the last call, oldest first. */
  drainEvents(): CacheEvent[];
  /** The cache. Other minters can take it as `cache`. */
  cache(): GrantCache;
  /** Empties the cache for all who share it. */
  purge(): void;
  /**
   * Detaches this minter and its streams. Later calls fail with ERR_GRANTMINT_CLOSED. Calls that wait get their
   * answers. The minter keeps nothing warm any more. Other minters that share the cache go on, and minters to come find
   * it for a while: `purge` first empties it.
   */
  close(): void;
  /** As `close`, for `using`. */
  [Symbol.dispose](): void;
}

/** Mints playback tokens for one stream. `PlaybackMinter.stream` makes it. */
export class StreamMinter {
  private constructor();
  /** The stream, VJ…. */
  readonly streamer: string;
  /** As `PlaybackMinter.token`, for this stream. */
  token(identity: string, options?: TokenOptions): Promise<PlaybackToken>;
  /** As `PlaybackMinter.tryToken`, for this stream. */
  tryToken(identity: string): string | null;
}

// The cache by itself

/** The options of a cache. */
export interface GrantCacheOptions {
  /** The windows and limits of the cache. */
  policy?: CachePolicy;
  /** For tests. */
  clock?: ManualClock;
  /** Whether the cache limits its fetches, to 20 at once and 10 a second. */
  rateLimited?: boolean;
}

/** The lifetime of a key's grants. The same key with another `ttl` is another entry. */
export interface KeyOptions {
  /** The lifetime to ask for, in seconds. 60 if left out. */
  ttl?: number;
}

/** The options of one call. */
export interface BeginOptions extends KeyOptions {
  /** The least remaining lifetime, at most half of `ttl`. */
  minRemainingMs?: number;
  /** How long the caller waits. 5,000 if left out. */
  timeoutMs?: number;
}

/** The options of one call that can be cancelled. */
export interface GetOptions extends BeginOptions {
  /** Cancels this call. The fetch goes on, as others wait for it. */
  signal?: AbortSignal;
}

/** A cache of short-lived grants. Of all callers that need a grant at the same time, one fetches it. */
export class GrantCache {
  constructor(options?: GrantCacheOptions);
  /** A grant. If it has to be fetched and no other caller does, `fetch` does it. */
  get(key: string, fetch: GrantSource, options?: GetOptions): Promise<Hit>;
  /** The grant that is in the cache now, or null. If a fetch is due, `fetch` does it. */
  tryGet(key: string, fetch?: GrantSource | null, options?: Omit<BeginOptions, 'timeoutMs'>): Hit | null;
  /** Asks for a grant, and never waits. Throws the cached error until the next fetch may be tried. */
  begin(key: string, options?: BeginOptions): Begun;
  /** A ticket to fetch a key's grant before anybody asks for it. Null if no fetch is due. */
  prefetch(key: string, options?: KeyOptions): Ticket | null;
  /** Keeps a key's grant fresh even if nobody asks for it, by tickets from `poll`. 0 ends it. */
  keepWarm(key: string, ms: number, options?: KeyOptions): void;
  /** Ends the fetches that have timed out. Returns the tickets that are due for keys kept warm. */
  poll(): Ticket[];
  /** After how many milliseconds `poll` has something to do. Null if it will have nothing. */
  nextWakeupMs(): number | null;
  /** Drops a key's grant, and tells whether there was one. A fetch in flight is not stored. */
  invalidate(key: string, options?: KeyOptions): boolean;
  /** Drops a key's grant if it still has this generation. */
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
   * `go`, the request has `ms` until its timeout. If not, ask again after `ms`. Throws if the request may not
   * be sent at all.
   */
  start(): { go: boolean; ms: number };
  /** Ends the fetch with a grant. */
  complete(grant: Json, options?: KeyOptions): void;
  /** Ends the fetch with an error for all who wait. */
  fail(error: GrantmintError): void;
  /** Ends the fetch without an outcome. The waiters begin again. */
  abandon(): void;
}

/** A waiter: one caller that waits for a fetch. */
export class Waiter {
  private constructor();
  /** The grant, or null while the fetch has no outcome. Throws the error if the fetch failed. */
  tryResult(): Hit | null;
  /** The grant that is in the cache, if it has the remaining lifetime that the caller asked for. */
  fallback(): Hit | null;
  /** The grant, once the fetch ends or the caller's timeout is over. `signal` cancels this wait alone. */
  wait(options?: { signal?: AbortSignal }): Promise<Hit>;
  /** Stops waiting. The fetch goes on, for others. */
  close(): void;
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
  /** How much is left of the account's cool-down. */
  readonly cooldownLeftMs: number;
  /** How far the clock of upstream is ahead of the local one, if known. */
  readonly clockOffsetMs: number | undefined;
  /** Fetches that failed: how many of each code. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  /** How long fetches took. Each bucket has an upper bound, and how many fetches took no longer. */
  readonly latency: {
    readonly buckets: readonly { readonly leMs: number; readonly count: number }[];
    readonly count: number;
    readonly sumMs: number;
  };
  /** The statistics in the text format that Prometheus scrapes, each series with the label `cache`. */
  toPrometheus(cache: string): string;
}

/** Something that happened in a cache. */
export interface CacheEvent {
  /** When, in Unix milliseconds. */
  atMs: number;
  /** What happened. */
  kind:
    | 'fetch_sent'
    | 'fetch_succeeded'
    | 'fetch_failed'
    | 'fetch_abandoned'
    | 'evicted'
    | 'invalidated'
    | 'purged'
    | 'rotated'
    | 'forked';
  /** The key. None for an event of the whole cache. */
  key?: string;
  /** The code of the error, for `fetch_failed`. */
  code?: ErrorCode;
  /** The generation of the grant, for `fetch_succeeded`. */
  generation?: number;
}

// Verifying and signing

/** How a token is signed. */
export type Algorithm = 'HS256' | 'HS384' | 'HS512';

/** The options of `verify` and `verifyJwt`. */
export interface VerifyOptions {
  /** How many seconds `exp` and `nbf` may be off, at most 300. */
  leeway?: number;
  /** The Unix second to take for the present one. */
  now?: number;
  /** The one algorithm to accept. HS256 if left out. */
  algorithm?: Algorithm;
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

/** Verifies an Access Token: made with this key, for its account, valid now. */
export function verify(token: string, key: ApiKey, options?: VerifyOptions): Decoded;
/** Verifies another service's token: signed with this secret, valid now. */
export function verifyJwt(token: string, secret: string | Uint8Array, options?: VerifyOptions): Decoded;
/** Decodes a token without verifying anything. To act on a token, use `verify`. */
export function decode(token: string): Decoded;
/**
 * Wipes everything that is kept for minters to come and that nobody uses now: caches with their grants and cached
 * errors, the cool-downs and rate limits of accounts, idle connections.
 *
 * A cache that minters share is kept after its last minter until its last grant and cached error have ended, at most
 * 62 s, so that a minter for each request does not cost a request to Twilio each time. Minters that exist, and what they
 * use, are not touched.
 */
export function forget(): void;
/** Signs any claims, for tokens of other services. Text and bytes of JSON are signed as they are. */
export function sign(algorithm: Algorithm, header: Json, claims: Json, secret: string | Uint8Array): string;

// Tests

/** A clock that moves only when told to, for tests. Minters and caches take it as `clock`. */
export class ManualClock {
  /** @param wall The Unix second at which it starts. */
  constructor(wall: number);
  /** Lets time pass. */
  advance(seconds: number): void;
  /** Lets time pass as if the machine slept. */
  suspend(seconds: number): void;
  /** Steps the wall clock by a finite time, forward or back. The time since boot stays. */
  jumpWall(seconds: number): void;
  /** Its time in seconds: since boot, and Unix time. */
  now(): { boot: number; wall: number };
}

/** What tests of a program that uses grantmint may need. */
export const testing: {
  readonly ManualClock: typeof ManualClock;
  /** Makes a cache behave from now on as it would in a forked child. */
  simulateFork(cache: GrantCache): void;
};

// Without this line every declaration would be exported.
export {};
