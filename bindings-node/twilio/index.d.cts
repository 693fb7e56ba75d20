/** What takes the place of `twilio` in a program that mints Access Tokens: `jwt.AccessToken`. */
declare namespace twilio {
  namespace jwt {
    /**
     * An Access Token that may be changed until it is signed. Makes the same bytes as the vendor's class
     * and throws the same messages.
     */
    class AccessToken implements AccessToken.AccessTokenOptions {
      static DEFAULT_ALGORITHM: 'HS256';
      static ALGORITHMS: string[];
      accountSid: string;
      keySid: string;
      /** Not enumerable, so that it does not show in logs. */
      secret: string;
      ttl: number;
      identity: string;
      nbf?: number;
      region?: string;
      grants: AccessToken.Grant<any, any, any>[];
      constructor(
        accountSid: string,
        keySid: string,
        secret: string,
        options: AccessToken.AccessTokenOptions,
      );
      addGrant<T extends AccessToken.Grant<any, any, any>>(grant: T): void;
      /** The signed token, issued now. */
      toJwt(algorithm?: 'HS256' | 'HS384' | 'HS512'): string;
    }

    namespace AccessToken {
      interface AccessTokenOptions {
        /** Seconds that the token lives: 3600 by default, 86,400 at most. */
        ttl?: number;
        /** Whom the token is for. */
        identity: string;
        /** The Unix second before which it is not good. */
        nbf?: number;
        /** The region of the account, if not the home region. */
        region?: string;
      }

      abstract class Grant<TOptions, TPayload, TKey> {
        key: TKey;
        protected constructor(key: TKey);
        abstract toPayload(): TPayload;
      }

      interface TaskRouterGrantOptions {
        workspaceSid?: string;
        workerSid?: string;
        role?: string;
      }
      interface TaskRouterGrantPayload {
        workspace_sid?: string;
        worker_sid?: string;
        role?: string;
      }
      class TaskRouterGrant
        extends Grant<TaskRouterGrantOptions, TaskRouterGrantPayload, 'task_router'>
        implements TaskRouterGrantOptions
      {
        workspaceSid?: string;
        workerSid?: string;
        role?: string;
        constructor(options?: TaskRouterGrantOptions);
        toPayload(): TaskRouterGrantPayload;
      }

      interface ChatGrantOptions {
        serviceSid?: string;
        endpointId?: string;
        deploymentRoleSid?: string;
        pushCredentialSid?: string;
      }
      interface ChatGrantPayload {
        service_sid?: string;
        endpoint_id?: string;
        deployment_role_sid?: string;
        push_credential_sid?: string;
      }
      class ChatGrant extends Grant<ChatGrantOptions, ChatGrantPayload, 'chat'> implements ChatGrantOptions {
        serviceSid?: string;
        endpointId?: string;
        deploymentRoleSid?: string;
        pushCredentialSid?: string;
        constructor(options?: ChatGrantOptions);
        toPayload(): ChatGrantPayload;
      }

      interface VideoGrantOptions {
        /** The name or the SID of the room; any room without. */
        room?: string;
      }
      interface VideoGrantPayload {
        room?: string;
      }
      class VideoGrant
        extends Grant<VideoGrantOptions, VideoGrantPayload, 'video'>
        implements VideoGrantOptions
      {
        room?: string;
        constructor(options?: VideoGrantOptions);
        toPayload(): VideoGrantPayload;
      }

      interface SyncGrantOptions {
        serviceSid?: string;
        endpointId?: string;
      }
      interface SyncGrantPayload {
        service_sid?: string;
        endpoint_id?: string;
      }
      class SyncGrant
        extends Grant<SyncGrantOptions, SyncGrantPayload, 'data_sync'>
        implements SyncGrantOptions
      {
        serviceSid?: string;
        endpointId?: string;
        constructor(options?: SyncGrantOptions);
        toPayload(): SyncGrantPayload;
      }

      interface VoiceGrantOptions {
        /** Whether calls may come in: `true` itself, nothing else. */
        incomingAllow?: boolean;
        outgoingApplicationSid?: string;
        /** Left out without an `outgoingApplicationSid`. */
        outgoingApplicationParams?: object;
        pushCredentialSid?: string;
        endpointId?: string;
      }
      interface VoiceGrantPayload {
        incoming?: { allow: boolean };
        outgoing?: { application_sid: string; params?: object };
        push_credential_sid?: string;
        endpoint_id?: string;
      }
      class VoiceGrant
        extends Grant<VoiceGrantOptions, VoiceGrantPayload, 'voice'>
        implements VoiceGrantOptions
      {
        incomingAllow?: boolean;
        outgoingApplicationSid?: string;
        outgoingApplicationParams?: object;
        pushCredentialSid?: string;
        endpointId?: string;
        constructor(options?: VoiceGrantOptions);
        toPayload(): VoiceGrantPayload;
      }

      interface PlaybackGrantOptions {
        /** What the PlaybackGrant endpoint answered with as `grant`. */
        grant?: object;
      }
      /** The grant itself, whatever is in it; the vendor's types say `grant`. */
      interface PlaybackGrantPayload {
        grant?: object;
      }
      class PlaybackGrant
        extends Grant<PlaybackGrantOptions, PlaybackGrantPayload, 'player'>
        implements PlaybackGrantOptions
      {
        /** Not enumerable, so that it does not show in logs. */
        grant?: object;
        constructor(options?: PlaybackGrantOptions);
        toPayload(): PlaybackGrantPayload;
      }
    }
  }
}

export = twilio;
