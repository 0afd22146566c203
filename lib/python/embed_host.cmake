# Joins the parts of the Python host program and writes them as a C++ source.
# usage: cmake -DPARTS=a.py;b.py -DOUTPUT=file.cpp -P embed_host.cmake
set(literals "")
set(text "")
foreach(part IN LISTS PARTS)
  file(READ "${part}" content)
  string(FIND "${content}" ")vnode_host\"" end_mark)
  if(NOT end_mark EQUAL -1)
    message(FATAL_ERROR "${part}: holds the mark that ends a text in the generated source")
  endif()
  string(APPEND literals "R\"vnode_host(${content}\n)vnode_host\"\n")
  string(APPEND text "${content}\n")
endforeach()
string(SHA256 digest "${text}")
string(SUBSTRING "${digest}" 0 16 digest)

file(WRITE "${OUTPUT}" "// Made by embed_host.cmake.
#include \"python/process/host_program.h\"

namespace vnode {
namespace {

constexpr char kText[] = \"\"
${literals};

}  // namespace

HostProgram host_program() { return {{kText, sizeof kText - 1}, \"${digest}\"}; }

}  // namespace vnode
")
