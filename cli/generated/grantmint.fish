# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_grantmint_global_optspecs
    string join \n h/help V/version
end

function __fish_grantmint_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_grantmint_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_grantmint_using_subcommand
    set -l cmd (__fish_grantmint_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c grantmint -n "__fish_grantmint_needs_command" -s h -l help -d 'Print help'
complete -c grantmint -n "__fish_grantmint_needs_command" -s V -l version -d 'Print version'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "token" -d 'Makes tokens: video, voice, chat, sync, taskrouter, playback or custom'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "inspect" -d 'Says what is in a token, and what is wrong with it'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "grant" -d 'Fetches one playback grant'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "check" -d 'Checks key, clock, network and TLS, each with its reason'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "fleet" -d 'The store that processes share'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "emulator" -d 'Stands in for Twilio on this machine: gives playback grants, and judges tokens as a player and a room do'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "page" -d 'All of this in your browser; without a key: page --demo'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "completions" -d 'Prints the completions of a shell'
complete -c grantmint -n "__fish_grantmint_needs_command" -f -a "man" -d 'Prints the manual page'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -s h -l help -d 'Print help'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "video" -d 'A video room'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "voice" -d 'Calls from and to a browser or app'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "chat" -d 'Conversations'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "sync" -d 'State that clients share'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "taskrouter" -d 'A worker of TaskRouter or Flex'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "flex" -d 'A worker of TaskRouter or Flex'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "playback" -d 'A Live player, around a grant that all processes of this machine share'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and not __fish_seen_subcommand_from video voice chat sync taskrouter flex playback custom" -f -a "custom" -d 'Any grants'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l room-name -d 'The only room that may be joined; any without it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from video" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l voice-app-sid -d 'The TwiML application that outgoing calls run' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l allow-incoming -d 'Whether calls may come in, too; they may without it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l push-credential-sid -d 'The push credential of an app' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from voice" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l chat-service-sid -d 'The Conversations service' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l push-credential-sid -d 'The push credential of an app' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from chat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l sync-service-sid -d 'The Sync service' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l worker-sid -d 'The worker' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l workspace-sid -d 'The worker\'s workspace' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l role -d 'The worker\'s role' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from taskrouter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l worker-sid -d 'The worker' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l workspace-sid -d 'The worker\'s workspace' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l role -d 'The worker\'s role' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from flex" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l base-url -d 'Scheme, host and port of upstream' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l proxy -d 'An HTTP proxy; env takes that of HTTPS_PROXY, which may have a password in it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l ca-file -d 'The certificate authorities to trust, in place of the built-in ones' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l timeout -d 'How long to wait, in seconds' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l allow-origin -d 'The only web origin that may play the stream; any without it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l grant-ttl -d 'The lifetime to ask for the grant with, in seconds' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l fleet -d 'The processes that share grants: host, host: and the path of a folder, a server\'s URL such as rediss://host:6379, or env for what GRANTMINT_FLEET says, which may have a password in it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l fleet-ca-file -d 'The certificate authorities to trust the fleet\'s server by, in place of the built-in ones' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l fleet-prefix -d 'What the names of all keys on the fleet\'s server begin with' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l curl -d 'Prints the request as a command for curl, which names variables and no secret'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l fleet-insecure -d 'Talks to the fleet\'s server on another machine without TLS'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l no-fleet -d 'Fetches a grant for this run alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from playback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l grant -d 'A grant\'s key and its JSON (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l identity -d 'Whom the token is for; with --count, an n in braces is the token\'s number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l identities -d 'A file with one identity a line, or - for stdin' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l count -d 'So many tokens, each numbered by an n in braces in --identity, or --unique' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l from-line -d 'Begins at this line, or number' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l ttl -d 'How long a token is valid: seconds, or 90m, 4h, 1h10m' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l nbf -d 'When it becomes valid: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l with -d 'A further grant, such as chat:service_sid=IS… (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -s o -l output -d 'How tokens are laid out on stdout' -r -f -a "columns\t'One token a line'
json\t'An array of objects with `jwt`'
tsv\t'One token a line'
jsonl\t'An object with `identity` and `jwt` a line'
none\t'Nothing'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l skip-bad -d 'Goes on after a line that is no identity'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l unique -d 'Gives each token a jti of its own'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand token; and __fish_seen_subcommand_from custom" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l room -d 'The room that the token is meant for' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l origin -d 'The web origin of the page that the player is on' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l at -d 'When to look at it: Unix seconds, +5m, or 2030-01-31T12:00:00Z' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l leeway -d 'How many seconds clocks may be apart' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -s o -l output -d 'How the report is laid out on stdout' -r -f -a "text\t'A few lines for people'
json\t'One line for programs; it has the grants in it'"
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET (repeatable)' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -s p -l profile -d 'A profile of twilio-cli (repeatable)' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l jwt-secret-file -d 'The secret for a token of another service: of LiveKit, Zoom\'s Video SDK, Jitsi or Daily' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l strict -d 'Takes a warning for an error'
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l watch -d 'Looks again and again until the token has expired'
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l base-url -d 'Scheme, host and port of upstream' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l proxy -d 'An HTTP proxy; env takes that of HTTPS_PROXY, which may have a password in it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l ca-file -d 'The certificate authorities to trust, in place of the built-in ones' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l timeout -d 'How long to wait, in seconds' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l allow-origin -d 'The only web origin that may play the stream; any without it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l grant-ttl -d 'The lifetime to ask for the grant with, in seconds' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l curl -d 'Prints the request as a command for curl, which names variables and no secret'
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l base-url -d 'Scheme, host and port of upstream' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l proxy -d 'An HTTP proxy; env takes that of HTTPS_PROXY, which may have a password in it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l ca-file -d 'The certificate authorities to trust, in place of the built-in ones' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l timeout -d 'How long to wait, in seconds' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and not __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and not __fish_seen_subcommand_from check" -f -a "check" -d 'Checks the folder, who may use it, and that a lease is held by one process alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -l fleet -d 'The processes that share grants: host, host: and the path of a folder, a server\'s URL such as rediss://host:6379, or env for what GRANTMINT_FLEET says, which may have a password in it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -l fleet-ca-file -d 'The certificate authorities to trust the fleet\'s server by, in place of the built-in ones' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -l fleet-prefix -d 'What the names of all keys on the fleet\'s server begin with' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -s l -l log-level -d 'The least important messages that are said on stderr' -r -f -a "debug\t''
info\t''
warn\t''
error\t''
none\t'More important than any message'"
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -l fleet-insecure -d 'Talks to the fleet\'s server on another machine without TLS'
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Says on stderr what went wrong, and nothing else'
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -l silent -d 'Neither messages nor results: the exit code alone'
complete -c grantmint -n "__fish_grantmint_using_subcommand fleet; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c grantmint -n "__fish_grantmint_using_subcommand emulator" -l port -d 'Where to listen on 127.0.0.1; 0 takes a free port' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand emulator" -l rate -d 'Requests per second of one account; 0 for no limit' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand emulator" -l burst -d 'Requests that an idle account may make at once' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand emulator" -s h -l help -d 'Print help'
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l allow-host -d 'Another name under which a proxy shows the page to the browser; {port} in it stands for the page\'s port' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l base-url -d 'Where playback grants come from: scheme, host and port' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l fleet -d 'The processes that share grants: host, host: and the path of a folder, a server\'s URL such as rediss://host:6379, or env for what GRANTMINT_FLEET says, which may have a password in it' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l fleet-ca-file -d 'The certificate authorities to trust the fleet\'s server by, in place of the built-in ones' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l fleet-prefix -d 'What the names of all keys on the fleet\'s server begin with' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -s p -l profile -d 'A profile of twilio-cli' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l env-file -d 'A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l secret-file -d 'Reads the secret alone from a file' -r -F
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l region -d 'The region that tokens name, in place of that of the credentials' -r
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l demo -d 'Without a key: with the emulator\'s, whose tokens work here but not at Twilio'
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l no-open -d 'Prints the link, and leaves the browser closed'
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l fleet-insecure -d 'Talks to the fleet\'s server on another machine without TLS'
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -l secret-stdin -d 'Reads the secret alone from stdin'
complete -c grantmint -n "__fish_grantmint_using_subcommand page" -s h -l help -d 'Print help'
complete -c grantmint -n "__fish_grantmint_using_subcommand completions" -s h -l help -d 'Print help'
complete -c grantmint -n "__fish_grantmint_using_subcommand man" -s h -l help -d 'Print help'
