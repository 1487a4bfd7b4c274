# Completion of sms-otp(8) for fish. What there is to complete is read from `sms-otp --help`, so that it is never older than the
# program; users from the system.

function __sms_otp_usage
    sms-otp --help 2>/dev/null | string match -r '^  sms-otp .*' | string replace -r '^  sms-otp ' ''
end

# The words before the cursor that are no options, without sms-otp itself.
function __sms_otp_words
    set -l words (commandline -opc)
    string match -v -- '-*' $words[2..-1]
end

function __sms_otp_line
    set -l words (__sms_otp_words)
    test -n "$words[1]"; and __sms_otp_usage | string match -r -- "^$words[1](?: .*)?\$"
end

function __sms_otp_value
    set -l last (commandline -opc)[-1]
    test "$last" = --settings; and echo FILE; and return
    __sms_otp_line | string match -r -- "\\[$last ([^]]*)\\]" | tail -n 1
end

function __sms_otp_candidates
    set -l words (__sms_otp_words)
    set -l value (__sms_otp_value)
    set -l current (commandline -ct)
    switch "$value"
        case FILE
            __fish_complete_path $current
        case SERVICE NAME
            command ls /etc/pam.d 2>/dev/null
        case TERMINAL
            command ls /dev/console /dev/tty1 /dev/tty2 /dev/tty3 /dev/tty4 /dev/tty5 /dev/tty6 2>/dev/null
        case TIME
            printf '%s\n' 15m 1h 4h 1d 2d 7d
        case '?*'
        case '*'
            if test -z "$words[1]"
                __sms_otp_usage | string split -f 1 ' '
                printf '%s\n' --help --version --settings
            else if string match -q -- '-*' $current
                __sms_otp_line | string match -a -r -- '--[a-z-]+'
                printf '%s\n' --help --settings
            else if test (count $words) = 1
                switch (__sms_otp_line)
                    case '* [SERVICE*'
                        command ls /etc/pam.d 2>/dev/null
                    case '* USER*'
                        __fish_complete_users
                    case '* FILE*'
                        __fish_complete_path $current
                end
            end
    end
end

complete -c sms-otp -f -a '(__sms_otp_candidates)'
