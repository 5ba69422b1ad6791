# SPDX-License-Identifier: Apache-2.0
# Completion for bash: source this file, or install it as /usr/share/bash-completion/completions/todoku.

_todoku() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}"
  local words=""
  COMPREPLY=()
  case "$before" in
    --lang) words="ja en" ;;
    --log) words="text json" ;;
    --state) words="arriving sending waiting held unknown sent refused returned discarded" ;;
    --when-unknown) words="ask resend" ;;
    --config | --upstream-ca) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --state-dir | --profile) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --listen | --upstream | --fallback) compopt -o nospace; words="submission submissions" ;;
    --mailbox) compopt -o nospace; words="imaps imap pop3s pop3 maildir" ;;
    --api | --set | --recipient | --account | --limit | --correct | --text | --from | --to) return ;;
    *)
      if ((COMP_CWORD == 1)); then
        words="serve demo explain check check-address config messages relays secret setup --help --version"
      else
        case "$command" in
          serve)
            words="--config --listen --upstream --fallback --mailbox --state-dir --api --upstream-ca
              --lang --log --trace --when-unknown --set --help"
            ;;
          explain)
            if [[ $word != -* ]]; then
              compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return
            fi
            words="--text --lang --json --batch --all-causes --help"
            ;;
          relays)
            words="--config --state-dir --lang --json --help"
            case "${COMP_WORDS[2]}" in
              test) words+=" --from --to --set" ;;
              learn)
                if [[ $word != -* ]]; then
                  compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return
                fi
                words+=" --set"
                ;;
              *) if ((COMP_CWORD == 2)); then words="test learn $words"; fi ;;
            esac
            ;;
          check-address) words="--lang --json --batch --no-known-domains --help" ;;
          check)
            if [[ $word != -* ]]; then
              compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return
            fi
            words="--recipient --config --set --lang --json --help"
            ;;
          demo) words="--lang --once --listen --state-dir --help" ;;
          messages)
            if ((COMP_CWORD == 2)); then
              words="list show retry release discard --help"
            else
              words="--config --state-dir --lang --json --help"
              case "${COMP_WORDS[2]}" in
                list) words+=" --state --account --limit --all" ;;
                retry) words+=" --yes" ;;
                release) words+=" --correct" ;;
              esac
            fi
            ;;
          secret)
            if ((COMP_CWORD == 2)); then
              words="set list remove --help"
            else
              words="--config --state-dir --lang --help"
              if [[ ${COMP_WORDS[2]} == list ]]; then words+=" --json"; fi
            fi
            ;;
          setup)
            if ((COMP_CWORD == 2)); then
              words="address-book --help"
            else
              words="--profile --yes --config --state-dir --lang --help"
            fi
            ;;
          config)
            if ((COMP_CWORD == 2)); then
              words="check --help"
            elif [[ $word != -* ]]; then
              compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return
            else
              words="--lang --help"
            fi
            ;;
        esac
      fi
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _todoku todoku
