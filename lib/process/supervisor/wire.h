#pragma once

#include <cstdint>

/// What vnode and its supervisor say to each other (rules.md, "The control socket"): frames over a stream
/// socket, a head and then its payload. Both ends are of the same build, so numbers are the machine's own.
namespace vnode::wire {

enum class Kind : std::uint16_t {
  // to the supervisor
  kStart,            ///< payload: StartHead, then texts; descriptors: its 0 (if given), 1, 2, ...
  kStop,             ///< payload: StopHead
  kStopDescendants,  ///< payload: StopHead; of what the process has started
  kStopMarked,       ///< payload: StopHead, entry; of that, what has the entry in its environment
  kSignal,           ///< payload: SignalHead
  kEnd,              ///< payload: StopHead; ends everything, and then itself
  kFreeze,           ///< no payload; stops everything, also what is started later
  kThaw,             ///< no payload; continues what that has stopped
  kSetMain,          ///< payload: MainHead
  kHold,             ///< no payload; descriptors: which it keeps open to its end
  // from the supervisor
  kFailed,   ///< payload: FailedHead; it did not start
  kExited,   ///< payload: ExitedHead; the process itself has ended, what it started may go on
  kGone,     ///< payload: GoneHead; nothing is left of it. The last that is said of a process.
  kAllGone,  ///< no payload; nothing is left of anything, and the supervisor ends
};

struct FrameHead {
  std::uint32_t size;  ///< of the payload
  Kind kind;
  std::uint16_t descriptors;  ///< that come with it
  std::int32_t process;       ///< number, chosen by vnode; 0: none
};

inline constexpr std::uint64_t kNoLimit = UINT64_MAX;
inline constexpr std::uint32_t kMostDescriptors = 8;
/// Room for the longest command line and environment that Linux takes, and more.
inline constexpr std::uint32_t kMostPayload = 16u << 20;

enum StartFlags : std::uint32_t {
  kHasInput = 1,      ///< the first descriptor becomes 0, not 1
  kKeepsRemains = 2,  ///< what it leaves behind goes on until the run ends
  kSparesRoot = 4,    ///< at the end of everything it is ended after what it has started
};

/// Then, each with a NUL at its end: the directory, `words` words, `variables` entries of the environment.
struct StartHead {
  std::uint32_t flags;
  std::uint32_t words;
  std::uint32_t variables;
  std::int32_t nice;
  std::uint64_t address_space;  ///< bytes, or kNoLimit
  std::uint64_t open_files;
  std::uint64_t cpu_seconds;
  std::uint64_t memory;    ///< resident bytes of the process and all that it starts
  std::uint64_t grace_ms;  ///< when it is stopped by `memory`, or what it leaves behind is ended
};

struct StopHead {
  std::uint64_t grace_ms;
};

/// To the process itself.
struct SignalHead {
  std::int32_t number;
};

/// The root is a launcher, and this one below it the program that was meant.
struct MainHead {
  std::int32_t pid;
};

enum class Step : std::uint32_t {
  kClone,
  kSession,
  kDescriptors,
  kLimits,
  kNice,
  kDirectory,
  kExecute,
  kEnding
};

struct FailedHead {
  Step step;
  std::int32_t error;  ///< errno
};

struct ExitedHead {
  std::int32_t code;  ///< exit code, or minus the signal
  std::int32_t pid;
  std::uint64_t user_us;
  std::uint64_t system_us;
  std::uint64_t most_resident;  ///< bytes, of the process or the largest of those it has waited for
};

enum class Reason : std::uint32_t { kNone, kStopped, kMemory };

struct GoneHead {
  Reason reason;       ///< why it was ended, if it was
  std::uint32_t left;  ///< processes that could not be ended: the system does not let go of them
};

}  // namespace vnode::wire
