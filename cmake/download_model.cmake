# Downloads the model that matters: cmake [-D directory=DIR] [-D base_url=URL] -P cmake/download_model.cmake
#
# Each file is checked by size and SHA-256 before it gets its name; what is there and right is kept, what was cut short is
# resumed, what is wrong is fetched anew. base_url is for mirrors that have the Hub's layout.

cmake_minimum_required(VERSION 3.25)

set(repository distilbert/distilbert-base-uncased-finetuned-sst-2-english)
set(revision 714eb0fa89d2f80546fda750413ed43d93601a13)
# name, bytes, SHA-256
set(files
  config.json 629 582122c8f414793d131e10022ce9ba04e3811a9da6389137ee2f18665b4f4d15
  tokenizer_config.json 48 5ab9097b4149371c5fd52b2d6e26cb6f9c07c0d19fcfdda895b1adad6b57c3e0
  vocab.txt 231508 07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3
  model.safetensors 267832558 7c3919835e442510166d267fe7cbe847e0c51cd26d9ba07b89a57b952b49b8aa)
if(DEFINED test_files) # the tests download small files of their own
  set(files ${test_files})
endif()
if(NOT DEFINED base_url)
  set(base_url https://huggingface.co)
endif()
if(NOT DEFINED directory)
  set(directory ${CMAKE_CURRENT_LIST_DIR}/../models/distilbert-base-uncased-finetuned-sst-2-english)
endif()
get_filename_component(directory ${directory} ABSOLUTE)

# Why `path` is not the file asked for; empty when it is.
function(fault_of path bytes sha256 result)
  file(SIZE ${path} found_bytes)
  if(NOT found_bytes EQUAL bytes)
    set(${result} "expected ${bytes} bytes, found ${found_bytes}" PARENT_SCOPE)
    return()
  endif()
  file(SHA256 ${path} found)
  if(NOT found STREQUAL sha256)
    set(${result} "expected SHA-256 ${sha256}, found ${found}" PARENT_SCOPE)
    return()
  endif()
  set(${result} "" PARENT_SCOPE)
endfunction()

# Adds what is missing of `part`, from its present end on. CURL's own resuming is not offered by file(DOWNLOAD), so the
# rest is fetched beside it and joined.
function(fetch url part bytes result)
  set(begin 0)
  if(EXISTS ${part})
    file(SIZE ${part} begin)
  endif()
  set(range "")
  if(begin GREATER 0)
    set(range RANGE_START ${begin})
  endif()
  file(DOWNLOAD ${url} ${part}.rest ${range} STATUS status LOG log TLS_VERIFY ON INACTIVITY_TIMEOUT 60 SHOW_PROGRESS)
  list(GET status 0 code)
  list(GET status 1 words)
  set(got 0)
  if(EXISTS ${part}.rest)
    file(SIZE ${part}.rest got)
  endif()
  math(EXPR sum "${begin} + ${got}")
  if(begin GREATER 0 AND code EQUAL 0 AND got EQUAL bytes)
    file(RENAME ${part}.rest ${part}) # the server sent the whole file, not the range
  elseif(got GREATER 0 AND sum LESS_EQUAL bytes AND (code EQUAL 0 OR begin GREATER 0 OR code EQUAL 18 OR code EQUAL 28))
    if(begin EQUAL 0)
      file(RENAME ${part}.rest ${part})
    else()
      execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${part} ${part}.rest OUTPUT_FILE ${part}.whole
        COMMAND_ERROR_IS_FATAL ANY)
      file(RENAME ${part}.whole ${part})
    endif()
  elseif(code EQUAL 0)
    file(RENAME ${part}.rest ${part}) # of a wrong size: said by the check that follows
  endif()
  file(REMOVE ${part}.rest)
  if(code EQUAL 0)
    set(${result} "" PARENT_SCOPE)
  else()
    if(log MATCHES "HTTP/[0-9.]+ ([45][0-9][0-9][^\r\n]*)")
      set(words "the server answered ${CMAKE_MATCH_1}")
    endif()
    set(${result} "${words} (curl ${code})" PARENT_SCOPE)
  endif()
endfunction()

file(MAKE_DIRECTORY ${directory})
while(files)
  list(POP_FRONT files name bytes sha256)
  set(path ${directory}/${name})
  set(part ${path}.part)
  set(url ${base_url}/${repository}/resolve/${revision}/${name})
  if(EXISTS ${path})
    fault_of(${path} ${bytes} ${sha256} fault)
    if(fault STREQUAL "")
      message(STATUS "${name}: is there")
      continue()
    endif()
    message(STATUS "${name}: ${fault}; fetching it anew")
  endif()
  foreach(try RANGE 1 3)
    message(STATUS "${name}: downloading ${bytes} bytes")
    fetch(${url} ${part} ${bytes} fault)
    if(fault STREQUAL "")
      fault_of(${part} ${bytes} ${sha256} fault)
      if(fault STREQUAL "")
        break()
      endif()
      file(REMOVE ${part}) # whole, but wrong: nothing of it is worth keeping
    endif()
    message(STATUS "${name}: try ${try} of 3: ${fault}")
  endforeach()
  if(NOT fault STREQUAL "")
    message(FATAL_ERROR "${name} could not be downloaded from ${url}: ${fault}. "
      "What has arrived is kept beside it; run the command again to go on.")
  endif()
  file(RENAME ${part} ${path})
endwhile()
message(STATUS "The model is in ${directory}")
