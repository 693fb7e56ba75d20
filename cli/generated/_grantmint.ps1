
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'grantmint' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'grantmint'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'grantmint' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Makes tokens: video, voice, chat, sync, taskrouter, playback or custom')
            [CompletionResult]::new('grant', 'grant', [CompletionResultType]::ParameterValue, 'Fetches one playback grant')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Checks key, clock, network and TLS, each with its reason')
            [CompletionResult]::new('fleet', 'fleet', [CompletionResultType]::ParameterValue, 'The store that processes share')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Prints the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Prints the manual page')
            break
        }
        'grantmint;token' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('video', 'video', [CompletionResultType]::ParameterValue, 'A video room')
            [CompletionResult]::new('voice', 'voice', [CompletionResultType]::ParameterValue, 'Calls from and to a browser or app')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Conversations')
            [CompletionResult]::new('sync', 'sync', [CompletionResultType]::ParameterValue, 'State that clients share')
            [CompletionResult]::new('taskrouter', 'taskrouter', [CompletionResultType]::ParameterValue, 'A worker of TaskRouter or Flex')
            [CompletionResult]::new('flex', 'flex', [CompletionResultType]::ParameterValue, 'A worker of TaskRouter or Flex')
            [CompletionResult]::new('playback', 'playback', [CompletionResultType]::ParameterValue, 'A Live player, around a grant that all processes of this machine share')
            [CompletionResult]::new('custom', 'custom', [CompletionResultType]::ParameterValue, 'Any grants')
            break
        }
        'grantmint;token;video' {
            [CompletionResult]::new('--room-name', '--room-name', [CompletionResultType]::ParameterName, 'The only room that may be joined; any without it')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;token;voice' {
            [CompletionResult]::new('--voice-app-sid', '--voice-app-sid', [CompletionResultType]::ParameterName, 'The TwiML application that outgoing calls run')
            [CompletionResult]::new('--push-credential-sid', '--push-credential-sid', [CompletionResultType]::ParameterName, 'The push credential of an app')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--allow-incoming', '--allow-incoming', [CompletionResultType]::ParameterName, 'Lets calls come in, too')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;token;chat' {
            [CompletionResult]::new('--chat-service-sid', '--chat-service-sid', [CompletionResultType]::ParameterName, 'The Conversations service')
            [CompletionResult]::new('--push-credential-sid', '--push-credential-sid', [CompletionResultType]::ParameterName, 'The push credential of an app')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;token;sync' {
            [CompletionResult]::new('--sync-service-sid', '--sync-service-sid', [CompletionResultType]::ParameterName, 'The Sync service')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;token;taskrouter' {
            [CompletionResult]::new('--worker-sid', '--worker-sid', [CompletionResultType]::ParameterName, 'The worker')
            [CompletionResult]::new('--workspace-sid', '--workspace-sid', [CompletionResultType]::ParameterName, 'The worker''s workspace')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The worker''s role')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;token;flex' {
            [CompletionResult]::new('--worker-sid', '--worker-sid', [CompletionResultType]::ParameterName, 'The worker')
            [CompletionResult]::new('--workspace-sid', '--workspace-sid', [CompletionResultType]::ParameterName, 'The worker''s workspace')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'The worker''s role')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;token;playback' {
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Scheme, host and port of upstream')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'An HTTP proxy; the environment''s is not read')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'The certificate authorities to trust, in place of the built-in ones')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait, in seconds')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'The only web origin that may play the stream; any without it')
            [CompletionResult]::new('--grant-ttl', '--grant-ttl', [CompletionResultType]::ParameterName, 'The lifetime to ask for the grant with, in seconds')
            [CompletionResult]::new('--fleet', '--fleet', [CompletionResultType]::ParameterName, 'The processes that share grants: host, or host: and the path of a folder')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Prints the request as a command for curl, which names variables and no secret')
            [CompletionResult]::new('--no-fleet', '--no-fleet', [CompletionResultType]::ParameterName, 'Fetches a grant for this run alone')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;token;custom' {
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'A grant''s key and its JSON (repeatable)')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Whom the token is for; with --count, {n} in it counts')
            [CompletionResult]::new('--identities', '--identities', [CompletionResultType]::ParameterName, 'A file with one identity a line, or - for stdin')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'So many tokens; needs {n} in --identity, or --unique')
            [CompletionResult]::new('--from-line', '--from-line', [CompletionResultType]::ParameterName, 'Begins at this line, or number')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a token is valid: seconds, or 90m, 4h, 1h10m')
            [CompletionResult]::new('--nbf', '--nbf', [CompletionResultType]::ParameterName, 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'A further grant, such as chat:service_sid=IS… (repeatable)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How tokens are laid out on stdout')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--skip-bad', '--skip-bad', [CompletionResultType]::ParameterName, 'Goes on after a line that is no identity')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Gives each token a jti of its own')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;grant' {
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Scheme, host and port of upstream')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'An HTTP proxy; the environment''s is not read')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'The certificate authorities to trust, in place of the built-in ones')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait, in seconds')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'The only web origin that may play the stream; any without it')
            [CompletionResult]::new('--grant-ttl', '--grant-ttl', [CompletionResultType]::ParameterName, 'The lifetime to ask for the grant with, in seconds')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Prints the request as a command for curl, which names variables and no secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;check' {
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Scheme, host and port of upstream')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'An HTTP proxy; the environment''s is not read')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'The certificate authorities to trust, in place of the built-in ones')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait, in seconds')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'A profile of twilio-cli')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Reads the secret alone from a file')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'The region that tokens name, in place of that of the credentials')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('--secret-stdin', '--secret-stdin', [CompletionResultType]::ParameterName, 'Reads the secret alone from stdin')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;fleet' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Checks the folder, who may use it, and that a lease is held by one process alone')
            break
        }
        'grantmint;fleet;check' {
            [CompletionResult]::new('--fleet', '--fleet', [CompletionResultType]::ParameterName, 'The processes that share grants: host, or host: and the path of a folder')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'The least important messages that are said on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Says on stderr what went wrong, and nothing else')
            [CompletionResult]::new('--silent', '--silent', [CompletionResultType]::ParameterName, 'Neither messages nor results: the exit code alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'grantmint;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'grantmint;man' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
