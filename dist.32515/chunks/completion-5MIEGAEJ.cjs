"use strict";var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})},__copyProps=(to,from,except,desc)=>{if(from&&typeof from=="object"||typeof from=="function")for(let key of __getOwnPropNames(from))!__hasOwnProp.call(to,key)&&key!==except&&__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable});return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:!0}),mod);var stdin_exports={};__export(stdin_exports,{completion:()=>completion});module.exports=__toCommonJS(stdin_exports);var import_chunk_C76KNZLI=require("./chunk-C76KNZLI.cjs"),import_chunk_AU7DP4AQ=require("./chunk-AU7DP4AQ.cjs"),import_chunk_PR53Y5EL=require("./chunk-PR53Y5EL.cjs"),import_chunk_477ZAGBT=require("./chunk-477ZAGBT.cjs");(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)(),(0,import_chunk_PR53Y5EL.init_define_IMPT_COVERAGE_ASSETS)();function completionScript(shell){return`${{bash:bashScript,zsh:zshScript,fish:fishScript}[shell]()}
`}var firstWords=[...import_chunk_C76KNZLI.groups,...import_chunk_C76KNZLI.topLevelWords.map(row=>({name:row.group,summary:row.summary,commands:[row]}))],named=group=>group.commands.filter(command=>command.name!==""),spellings=option=>[option.name.length===1?`-${option.name}`:`--${option.name}`,...option.letter===void 0?[]:[`-${option.letter}`]],choicesOf=option=>option.kind==="boolean"?["true","false"]:option.choices??[],needsValue=option=>option.kind==="text"||option.kind==="integer";function bashScript(){return`# Completion of impt for bash: source <(impt completion bash)
_impt() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} group= name= i word
  # bash splits --option=value at the sign.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    [[ $word == -* ]] && continue
    if [[ -z $group ]]; then group=$word; elif [[ -z $name ]]; then name=$word; fi
  done
  local words= options= value=
  case $group in
    '') words='${firstWords.map(group=>group.name).join(" ")}' options='${optionWords([...import_chunk_C76KNZLI.globalOptions])} --help --version' ;;
${firstWords.map(bashGroup).join(`
`)}
  esac
  case $value in
    @file) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return ;;
    @directory) COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames 2>/dev/null; return ;;
    @text) COMPREPLY=(); return ;;
    ?*) COMPREPLY=($(compgen -W "$value" -- "$cur")); return ;;
  esac
  if [[ $cur == -* ]]; then words=$options; fi
  if [[ $words == @file ]]; then
    COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -F _impt impt`}function bashGroup(group){let commands=named(group),single=group.commands.find(command=>command.name===""),cases=commands.map(command=>`        ${command.name}) ${bashCommand(command,"          ")} ;;`),fallback=`        *) words='${commands.map(command=>command.name).join(" ")}'${single===void 0?" options='--help -h'":`; ${bashCommand(single,"          ")}`} ;;`;return commands.length===0&&single!==void 0?`    ${group.name}) ${bashCommand(single,"      ")} ;;`:`    ${group.name}) case $name in
${[...cases,fallback].join(`
`)}
      esac ;;`}function bashCommand(command,indent){let own=(command.words??[]).map(({path,choices=[]})=>`words='${path===void 0?choices.join(" "):"@file"}'`),values=new Map;for(let option of command.options){let value=bashValue(option);value!==""&&values.set(value,[...values.get(value)??[],...spellings(option)])}let cases=[...values].map(([value,names])=>`${names.join("|")}) value='${value}' ;;`);return[...own,`options='${optionWords(command.options)}'`,`case $prev in ${cases.join(" ")} esac`].join(`
${indent}`)}function bashValue(option){return option.choices!==void 0?option.choices.join(" "):needsValue(option)?option.path===void 0?"@text":`@${option.path}`:""}function optionWords(options){return options.flatMap(spellings).join(" ")}function zshScript(){return`#compdef impt
# Completion of impt for zsh: source <(impt completion zsh)
_impt() {
  local -a commands
  while (( CURRENT > 2 )) && [[ $words[2] == -* ]]; do words[2]=(); (( CURRENT-- )); done
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then
      _arguments ${[...import_chunk_C76KNZLI.globalOptions.map(zshOption),"'(-h --help)'{-h,--help}'[Displays a description of the command]'","'(-v --version)'{-v,--version}'[Displays the version of impt]'"].join(" ")}
      return
    fi
    commands=(${firstWords.map(group=>zshDescribed(group.name,group.summary)).join(" ")})
    _describe command commands
    return
  fi
  case $words[2] in
${firstWords.map(zshGroup).join(`
`)}
  esac
}
if [[ $funcstack[1] == _impt ]]; then _impt "$@"; else compdef _impt impt; fi`}function zshGroup(group){let commands=named(group),single=group.commands.find(command=>command.name==="");if(commands.length===0&&single!==void 0)return`    ${group.name}) ${zshCommand(single,1)} ;;`;let list=commands.map(command=>zshDescribed(command.name,command.summary)).join(" ");return`    ${group.name})
      if (( CURRENT == 3 )); then commands=(${list}); _describe command commands; return; fi
      case $words[3] in
${commands.map(command=>`        ${command.name}) ${zshCommand(command,2)} ;;`).join(`
`)}
      esac ;;`}function zshCommand(command,drop){let plain=(command.words??[]).map(({name,path,choices=[]})=>quote(`*:${name}:${path===void 0?`(${choices.join(" ")})`:"_files"}`));return`shift ${drop} words; (( CURRENT -= ${drop} )); _arguments ${[...command.options.map(zshOption),...plain].join(" ")}`}function zshOption(option){let names=spellings(option).map(name=>needsValue(option)&&name.startsWith("--")?`${name}=`:name),[long=""]=names,set=names.length>1?`'(${spellings(option).join(" ")})'{${names.join(",")}}`:quote(long),repeated=names.length>1?`'*'{${names.join(",")}}`:quote(`*${long}`),text=`[${option.summary.replace(/[[\]\\]/g,"\\$&")}]`;return`${option.list!==void 0?repeated:set}${quote(text+zshValue(option))}`}function zshValue(option){if(option.kind==="flag")return"";let choices=choicesOf(option),files=option.path==="directory"?"_files -/":"_files",action=choices.length>0?`(${choices.join(" ")})`:option.path===void 0?" ":files;return`${needsValue(option)?":":"::"}${(option.value??"value").replaceAll(":","\\:")}:${action}`}function zshDescribed(name,summary){return quote(`${name}:${summary.replaceAll(":","\\:")}`)}function quote(text){return`'${text.replaceAll("'",String.raw`'\''`)}'`}function fishScript(){let lines=firstWords.flatMap(group=>[`complete -c impt -n __impt_at -a ${group.name} -d ${fishQuote(group.summary)}`,...named(group).map(command=>`complete -c impt -n '__impt_at ${group.name}' -a ${command.name} -d ${fishQuote(command.summary)}`),...group.commands.flatMap(fishCommand)]);return`# Completion of impt for fish: impt completion fish | source
function __impt_words
    set -l tokens (commandline -opc)
    for word in $tokens[2..-1]
        string match -q -- '-*' $word; or echo $word
    end
end
function __impt_at
    test (count (__impt_words)) -eq (count $argv); and __impt_in $argv
end
function __impt_in
    set -l words (__impt_words)
    test (count $argv) -eq 0; and return 0
    test (count $words) -ge (count $argv); and test "$words[1..$(count $argv)]" = "$argv"
end
complete -c impt -f
${import_chunk_C76KNZLI.globalOptions.map(option=>fishOption("__impt_at",option)).join(`
`)}
${lines.join(`
`)}`}function fishCommand(command){let place=`'__impt_in ${command.group}${command.name===""?"":` ${command.name}`}'`,options=command.options.map(option=>fishOption(place,option));for(let{path,choices}of command.words??[])path!==void 0&&options.push(`complete -c impt -n ${place} -F`),choices!==void 0&&options.push(`complete -c impt -n ${place} -a ${fishQuote(choices.join(" "))}`);return options}function fishOption(place,option){let name=option.name.length===1?`-s ${option.name}`:`-l ${option.name}`,letter=option.letter===void 0?"":` -s ${option.letter}`,choices=choicesOf(option),offered=choices.length>0?` -a ${fishQuote(choices.join(" "))}`:"",files=option.path==="directory"?" -a '(__fish_complete_directories)'":option.path===void 0?"":" -F",value=needsValue(option)?` -r${option.path==="file"?"":" -f"}`:"";return`complete -c impt -n ${place} ${name}${letter}${value}${offered}${option.kind==="flag"?"":files} -d ${fishQuote(option.summary)}`}function fishQuote(text){return`'${text.replace(/[\\']/g,"\\$&")}'`}var completion=async(context,_options,[shell])=>(context.out(completionScript(shell)),{kind:"done",touched:null,silent:!0});0&&(module.exports={completion});
