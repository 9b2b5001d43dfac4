/** The shells that `batch-submit completion` knows. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

export const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell'];

/**
 * What the shell runs at each Tab. All of them ask `batch-submit __complete`, which prints a candidate a line,
 * with its description after a tab, and last a line `:none`, `:list`, `:file` or `:directory`.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for batch-submit
_batch_submit() {
  local IFS=$'\\n' line value kind=none current="\${COMP_WORDS[COMP_CWORD]}"
  local quotes='[\\\\"'"'"']' words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  # bash hands over words as they were typed, with quotes, and a home folder as its sign.
  words=("\${words[@]/#\\~\\//$HOME/}")
  words=("\${words[@]//$quotes/}")
  while read -r line; do
    value="\${line%%$'\\t'*}"
    # bash takes --only= for a word of its own, and replaces what follows it.
    case "$current" in --*) ;; *) value="\${value#--*=}" ;; esac
    case "$line" in
      :*) kind="\${line#:}" ;;
      *) COMPREPLY+=("$value") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null)
  case "$kind" in
    list) compopt -o nospace 2>/dev/null ;;
    file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
    directory) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")) ;;
  esac
}
complete -F _batch_submit batch-submit
`,
  zsh: `#compdef batch-submit
_batch_submit() {
  local line kind=none tab=$'\\t'
  local -a values lines
  for line in "\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :*) kind=\${line#:} ;;
      *) values+=("\${line%%$tab*}"); lines+=("\${line/$tab/  -- }") ;;
    esac
  done
  case $kind in
    list) compadd -S '' -d lines -a values ;;
    file) _files ;;
    directory) _files -/ ;;
    *) compadd -d lines -a values ;;
  esac
}
compdef _batch_submit batch-submit
`,
  fish: `# fish completion for batch-submit
function __batch_submit_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (batch-submit __complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case ':file'
        __fish_complete_path (commandline -ct)
      case ':directory'
        __fish_complete_directories (commandline -ct)
      case ':*'
      case '*'
        echo $line
    end
  end
end
complete -c batch-submit -f -a '(__batch_submit_complete)'
`,
  powershell: `# PowerShell completion for batch-submit
Register-ArgumentCompleter -Native -CommandName batch-submit -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { $_.ToString() })
  # An empty last argument would be dropped on the way, so it is said by a flag.
  $empty = if ($wordToComplete -eq '') { @('--empty') } else { @() }
  batch-submit __complete @empty -- @words 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if (-not $text) { $text = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
  }
}
`,
};
