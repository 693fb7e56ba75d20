/** What takes the place of `twilio` in a program that mints Access Tokens: `jwt.AccessToken`. */
declare namespace twilio {
  namespace jwt {
    /**
     * An Access Token that may be changed until it is signed. Makes the same bytes as Twilio's class
     * and throws the same messages.
     */
    class AccessToken implements AccessToken.AccessTokenOptions {
      /** The algorithm of `toJwt` if none is given. */
      static DEFAULT_ALGORITHM: 'HS256';
      /** The algorithms of `toJwt`. */
      static ALGORITHMS: string[];
      /** The account, AC and 32 hexadecimal digits. */
      accountSid: string;
      /** The API key, SK and 32 hexadecimal digits. */
      keySid: string;
      /** Not enumerable, so that it does not show in logs. */
      secret: string;
      ttl: number;
      identity: string;
      nbf?: number | undefined;
      region?: string | undefined;
      /** What the holder may do. */
      grants: AccessToken.Grant<any, any, any>[];
      constructor(
        accountSid: string,
        keySid: string,
        secret: string,
        options: AccessToken.AccessTokenOptions,
      );
      /** Adds a grant. Of two of one kind the later counts. */
      addGrant<T extends AccessToken.Grant<any, any, any>>(grant: T): void;
      /** The signed token, issued now. */
      toJwt(algorithm?: 'HS256' | 'HS384' | 'HS512'): string;
    }

    namespace AccessToken {
      /** The options of a token. */
      interface AccessTokenOptions {
        /** How many seconds the token is valid. 3,600 if left out, 86,400 at most. */
        ttl?: number | undefined;
        /** Whom the token is for. */
        identity: string;
        /** The Unix second before which it is not valid. */
        nbf?: number | undefined;
        /** The region of the account, if not the home region. */
        region?: string | undefined;
      }

      /** The base class of grants. A grant of your own extends it. */
      abstract class Grant<TOptions, TPayload, TKey> {
        /** The name under which it stands in a token. */
        key: TKey;
        protected constructor(key: TKey);
        /** What stands under that name. */
        abstract toPayload(): TPayload;
      }

      /** The options of a TaskRouterGrant. */
      interface TaskRouterGrantOptions {
        /** The workspace, WS…. */
        workspaceSid?: string | undefined;
        /** The worker, WK…. */
        workerSid?: string | undefined;
        /** The holder's role, such as `worker`. */
        role?: string | undefined;
      }
      /** The same, as a token holds it. */
      interface TaskRouterGrantPayload {
        workspace_sid?: string | undefined;
        worker_sid?: string | undefined;
        role?: string | undefined;
      }
      /** Lets its holder act as a worker of a TaskRouter workspace. Flex takes the same grant. */
      class TaskRouterGrant
        extends Grant<TaskRouterGrantOptions, TaskRouterGrantPayload, 'task_router'>
        implements TaskRouterGrantOptions
      {
        workspaceSid?: string | undefined;
        workerSid?: string | undefined;
        role?: string | undefined;
        constructor(options?: TaskRouterGrantOptions);
        toPayload(): TaskRouterGrantPayload;
      }

      /** The options of a ChatGrant. */
      interface ChatGrantOptions {
        /** The service, IS…. */
        serviceSid?: string | undefined;
        /** A name for the device and user. */
        endpointId?: string | undefined;
        /** The role in the deployment, RL…. */
        deploymentRoleSid?: string | undefined;
        /** The push credential for notifications, CR…. */
        pushCredentialSid?: string | undefined;
      }
      /** The same, as a token holds it. */
      interface ChatGrantPayload {
        service_sid?: string | undefined;
        endpoint_id?: string | undefined;
        deployment_role_sid?: string | undefined;
        push_credential_sid?: string | undefined;
      }
      /** Lets its holder chat. The Conversations SDK takes the same grant. */
      class ChatGrant extends Grant<ChatGrantOptions, ChatGrantPayload, 'chat'> implements ChatGrantOptions {
        serviceSid?: string | undefined;
        endpointId?: string | undefined;
        deploymentRoleSid?: string | undefined;
        pushCredentialSid?: string | undefined;
        constructor(options?: ChatGrantOptions);
        toPayload(): ChatGrantPayload;
      }

      /** The options of a VideoGrant. */
      interface VideoGrantOptions {
        /** The name or the SID of the room. Any room if left out. */
        room?: string | undefined;
      }
      /** The same, as a token holds it. */
      interface VideoGrantPayload {
        room?: string | undefined;
      }
      /** Lets its holder join rooms of Programmable Video: one, or any. */
      class VideoGrant
        extends Grant<VideoGrantOptions, VideoGrantPayload, 'video'>
        implements VideoGrantOptions
      {
        room?: string | undefined;
        constructor(options?: VideoGrantOptions);
        toPayload(): VideoGrantPayload;
      }

      /** The options of a SyncGrant. */
      interface SyncGrantOptions {
        /** The service, IS…. */
        serviceSid?: string | undefined;
        /** A name for the device and user. */
        endpointId?: string | undefined;
      }
      /** The same, as a token holds it. */
      interface SyncGrantPayload {
        service_sid?: string | undefined;
        endpoint_id?: string | undefined;
      }
      /** Lets its holder read and write the state of a Sync service. */
      class SyncGrant
        extends Grant<SyncGrantOptions, SyncGrantPayload, 'data_sync'>
        implements SyncGrantOptions
      {
        serviceSid?: string | undefined;
        endpointId?: string | undefined;
        constructor(options?: SyncGrantOptions);
        toPayload(): SyncGrantPayload;
      }

      /** The options of a VoiceGrant. */
      interface VoiceGrantOptions {
        /** Whether the holder may receive calls. Only `true` itself allows it. */
        incomingAllow?: boolean | undefined;
        /** The TwiML application that outgoing calls go through, AP…. */
        outgoingApplicationSid?: string | undefined;
        /** Left out without an `outgoingApplicationSid`. */
        outgoingApplicationParams?: object | undefined;
        /** The push credential that announces calls, CR…. */
        pushCredentialSid?: string | undefined;
        /** A name for the device. */
        endpointId?: string | undefined;
      }
      /** The same, as a token holds it. */
      interface VoiceGrantPayload {
        incoming?: { allow: boolean } | undefined;
        outgoing?: { application_sid: string; params?: object | undefined } | undefined;
        push_credential_sid?: string | undefined;
        endpoint_id?: string | undefined;
      }
      /** Lets its holder make and receive calls. */
      class VoiceGrant
        extends Grant<VoiceGrantOptions, VoiceGrantPayload, 'voice'>
        implements VoiceGrantOptions
      {
        incomingAllow?: boolean | undefined;
        outgoingApplicationSid?: string | undefined;
        outgoingApplicationParams?: object | undefined;
        pushCredentialSid?: string | undefined;
        endpointId?: string | undefined;
        constructor(options?: VoiceGrantOptions);
        toPayload(): VoiceGrantPayload;
      }

      /** The options of a PlaybackGrant. */
      interface PlaybackGrantOptions {
        /** The member `grant` of the PlaybackGrant endpoint's answer. */
        grant?: object | undefined;
      }
      /** The grant itself, whatever is in it; Twilio's types say `grant`. */
      interface PlaybackGrantPayload {
        grant?: object | undefined;
      }
      /** Lets its holder watch one live stream. */
      class PlaybackGrant
        extends Grant<PlaybackGrantOptions, PlaybackGrantPayload, 'player'>
        implements PlaybackGrantOptions
      {
        /** Not enumerable, so that it does not show in logs. */
        grant?: object | undefined;
        constructor(options?: PlaybackGrantOptions);
        toPayload(): PlaybackGrantPayload;
      }
    }
  }
}

export = twilio;
