#pragma once

#include <string_view>

namespace vnode {

/// What the program's standard streams are connected to.

/// Opens standard streams that were closed when the program started, so that no file of a node gets their
/// numbers. Using them still fails: the input is opened for writing only, the outputs for reading only.
void occupy_closed_streams();

struct TerminalSize {
  int columns = 80;
  int rows = 24;
};

bool is_terminal(int fd);
/// A terminal that understands cursor movement: not TERM=dumb.
bool is_smart_terminal(int fd);
/// Also looks at NO_COLOR.
bool wants_colour(int fd);
/// 80 x 24 where it cannot be told.
TerminalSize terminal_size(int fd);

/// Writes all of `text` to standard output. Returns 0 (also when the reader has closed the pipe), or the
/// error number.
int write_to_stdout(std::string_view text);
/// True for a pipe or socket that nobody reads any more.
bool is_reader_gone(int fd);
/// Writes to standard error; when that fails there is nobody to tell.
void write_to_stderr(std::string_view text);

}  // namespace vnode
