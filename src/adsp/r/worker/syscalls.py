"""System calls that code under the lock may not make: numbers by machine.

A deny list. An allow list would be stronger, and would break with each new libc.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """What a seccomp filter must know of a processor."""

    audit: int
    """AUDIT_ARCH_*: a call made through another ABI kills the process."""
    x32: bool
    """Whether a second ABI hides behind a bit of the call number."""
    numbers: dict[str, int]


def _table(names_and_numbers: str) -> dict[str, int]:
    words = names_and_numbers.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


_X86_64 = Machine(
    audit=0xC000003E,
    x32=True,
    numbers=_table(
        # other programs, other processes
        "execve 59 execveat 322 ptrace 101 process_vm_readv 310 "
        "process_vm_writev 311 process_madvise 440 kcmp 312 "
        "pidfd_open 434 pidfd_send_signal 424 pidfd_getfd 438 "
        "fork 57 vfork 58 clone 56 clone3 435 "
        "kill 62 tkill 200 tgkill 234 "
        "rt_sigqueueinfo 129 rt_tgsigqueueinfo 297 "
        "setpriority 141 sched_setaffinity 203 sched_setscheduler 144 "
        "sched_setattr 314 setrlimit 160 prlimit64 302 "
        # network and other channels
        "socket 41 socketpair 53 connect 42 bind 49 listen 50 "
        "accept 43 accept4 288 sendto 44 sendmsg 46 sendmmsg 307 "
        "shmget 29 shmat 30 msgget 68 semget 64 mq_open 240 "
        "memfd_create 319 memfd_secret 447 "
        # attributes of files, which Landlock does not guard
        "chmod 90 fchmod 91 fchmodat 268 fchmodat2 452 "
        "chown 92 fchown 93 lchown 94 fchownat 260 "
        "setxattr 188 lsetxattr 189 fsetxattr 190 "
        "removexattr 197 lremovexattr 198 fremovexattr 199 "
        "setxattrat 463 removexattrat 466 file_setattr 469 "
        "utime 132 utimes 235 futimesat 261 utimensat 280 truncate 76 "
        # namespaces, mounts, the kernel itself
        "unshare 272 setns 308 mount 165 umount2 166 pivot_root 155 "
        "chroot 161 fsopen 430 fsmount 432 move_mount 429 open_tree 428 "
        "mount_setattr 442 open_by_handle_at 304 name_to_handle_at 303 "
        "keyctl 250 add_key 248 request_key 249 bpf 321 userfaultfd 323 "
        "perf_event_open 298 io_uring_setup 425 io_uring_enter 426 "
        "io_uring_register 427 init_module 175 finit_module 313 "
        "delete_module 176 kexec_load 246 kexec_file_load 320 reboot 169 "
        "swapon 167 swapoff 168 quotactl 179 acct 163 personality 135 "
        "settimeofday 164 clock_settime 227 clock_adjtime 305 adjtimex 159 "
        "sethostname 170 setdomainname 171 ioperm 173 iopl 172 "
    ),
)
_AARCH64 = Machine(
    audit=0xC00000B7,
    x32=False,
    numbers=_table(
        "execve 221 execveat 281 ptrace 117 process_vm_readv 270 "
        "process_vm_writev 271 process_madvise 440 kcmp 272 "
        "pidfd_open 434 pidfd_send_signal 424 pidfd_getfd 438 "
        "clone 220 clone3 435 kill 129 tkill 130 tgkill 131 "
        "rt_sigqueueinfo 138 rt_tgsigqueueinfo 240 "
        "setpriority 140 sched_setaffinity 122 sched_setscheduler 119 "
        "sched_setattr 274 setrlimit 164 prlimit64 261 "
        "socket 198 socketpair 199 connect 203 bind 200 listen 201 "
        "accept 202 accept4 242 sendto 206 sendmsg 211 sendmmsg 269 "
        "shmget 194 shmat 196 msgget 186 semget 190 mq_open 180 "
        "memfd_create 279 memfd_secret 447 "
        "fchmod 52 fchmodat 53 fchmodat2 452 fchown 55 fchownat 54 "
        "setxattr 5 lsetxattr 6 fsetxattr 7 "
        "removexattr 14 lremovexattr 15 fremovexattr 16 "
        "setxattrat 463 removexattrat 466 file_setattr 469 "
        "utimensat 88 truncate 45 "
        "unshare 97 setns 268 mount 40 umount2 39 pivot_root 41 "
        "chroot 51 fsopen 430 fsmount 432 move_mount 429 open_tree 428 "
        "mount_setattr 442 open_by_handle_at 265 name_to_handle_at 264 "
        "keyctl 219 add_key 217 request_key 218 bpf 280 userfaultfd 282 "
        "perf_event_open 241 io_uring_setup 425 io_uring_enter 426 "
        "io_uring_register 427 init_module 105 finit_module 273 "
        "delete_module 106 kexec_load 104 kexec_file_load 294 reboot 142 "
        "swapon 224 swapoff 225 quotactl 60 acct 89 personality 92 "
        "settimeofday 170 clock_settime 112 clock_adjtime 266 adjtimex 171 "
        "sethostname 161 setdomainname 162 "
    ),
)
MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}

FORKS = frozenset({"fork", "vfork", "clone", "clone3"})
SIGNALS = frozenset({"kill", "tgkill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"})
LIMITS = frozenset({"setrlimit", "prlimit64"})
PROGRAMS = frozenset({"execve", "execveat"})


def this_machine() -> Machine | None:
    """The table of this processor; None if there is none, and so no seccomp."""
    return MACHINES.get(platform.machine())
