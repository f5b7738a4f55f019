# distilbert_program(<target>): what all of our own programs are built with, and no user of the library is.
function(distilbert_program target)
  target_link_libraries(${target} PRIVATE distilbert::distilbert)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion)
  if(DISTILBERT_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${DISTILBERT_SANITIZE} -fno-sanitize-recover=all -g)
    target_link_options(${target} PRIVATE -fsanitize=${DISTILBERT_SANITIZE})
  endif()
endfunction()
