/**
 * The system calls that a native program may not make, as a program of the kernel's packet filter (seccomp mode 2). Namespaces close the network and
 * the files; this closes ways into the kernel that namespaces leave open: keys, io_uring, tracing, and sockets of every family but local ones.
 *
 * Numbers: include/uapi/asm-generic/unistd.h (arm64), arch/x86/entry/syscalls/syscall_64.tbl.
 */

interface Architecture {
  /** AUDIT_ARCH_… of the kernel. */
  audit: number;
  /** Refused with "not permitted". */
  refused: readonly number[];
  socket: number;
  clone: number;
  /** Answered with "not implemented": a library then uses `clone`, whose arguments a filter can read. */
  clone3: number;
}

const x64: Architecture = {
  audit: 0xc000_003e,
  refused: [
    101, // ptrace
    103, // syslog
    134,
    135,
    136,
    139, // uselib, personality, ustat, sysfs
    153,
    154,
    155,
    156,
    159, // vhangup, modify_ldt, pivot_root, _sysctl, adjtimex
    161,
    163,
    164,
    165,
    166,
    167,
    168,
    169, // chroot, acct, settimeofday, mount, umount2, swapon, swapoff, reboot
    170,
    171,
    172,
    173,
    174,
    175,
    176,
    177,
    178,
    179,
    180, // hostname, domainname, iopl, ioperm, modules, quotactl, nfsservctl
    212,
    216,
    227, // lookup_dcookie, remap_file_pages, clock_settime
    237,
    238,
    239,
    246,
    248,
    249,
    250,
    256, // mbind, mempolicy, kexec, add_key, request_key, keyctl, migrate_pages
    272,
    279,
    298,
    300,
    301,
    303,
    304,
    305,
    308,
    310,
    311,
    312,
    313,
    320,
    321,
    323, // unshare … userfaultfd
    425,
    426,
    427,
    428,
    429,
    430,
    431,
    432,
    433,
    438,
    440,
    442,
    443,
    447,
    467, // io_uring, mount API, pidfd_getfd, process_madvise, memfd_secret
  ],
  socket: 41,
  clone: 56,
  clone3: 435,
};

const arm64: Architecture = {
  audit: 0xc000_00b7,
  refused: [
    18,
    39,
    40,
    41,
    42,
    51,
    58,
    60,
    89,
    92,
    97, // lookup_dcookie, umount2, mount, pivot_root, nfsservctl, chroot, vhangup, quotactl, acct, personality, unshare
    104,
    105,
    106,
    112,
    116,
    117,
    142,
    161,
    162,
    170,
    171, // kexec, modules, clock_settime, syslog, ptrace, reboot, names, settimeofday, adjtimex
    217,
    218,
    219,
    224,
    225,
    234,
    235,
    236,
    237,
    238,
    239,
    241, // keys, swap, remap_file_pages, mbind, mempolicy, migrate_pages, move_pages, perf
    262,
    263,
    264,
    265,
    266,
    268,
    270,
    271,
    272,
    273,
    280,
    282,
    294, // fanotify … setns, process_vm, kcmp, modules, bpf, userfaultfd, kexec
    425,
    426,
    427,
    428,
    429,
    430,
    431,
    432,
    433,
    438,
    440,
    442,
    443,
    447,
    467,
  ],
  socket: 198,
  clone: 220,
  clone3: 435,
};

const architectures: Partial<Record<NodeJS.Architecture, Architecture>> = { x64, arm64 };

/** Fields of `struct seccomp_data`. */
const field = { number: 0, architecture: 4, firstArgument: 16 } as const;
const load = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfAnyBit = 0x45;
const answer = 0x06;
const allow = 0x7fff_0000;
const kill = 0x8000_0000;
const refuseWith = (errno: number) => 0x0005_0000 | errno;
const notPermitted = refuseWith(1);
const notImplemented = refuseWith(38);
const familyNotSupported = refuseWith(97);
const localSocket = 1;
/** CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWNS, NEWTIME. */
const newNamespaces = 0x7e02_0080;
/** Calls of the x32 interface have this bit, and numbers of their own. */
const x32 = 0x4000_0000;

/** @returns `struct sock_filter[]` for this machine; undefined where its architecture is not known */
export function seccompFilter(name: NodeJS.Architecture = process.arch): Buffer | undefined {
  const architecture = architectures[name];
  if (architecture === undefined) return undefined;
  const { audit, refused, socket, clone, clone3 } = architecture;
  const lines: number[][] = [
    [load, 0, 0, field.architecture],
    [jumpIfEqual, 1, 0, audit],
    [answer, 0, 0, kill],
    [load, 0, 0, field.number],
    [jumpIfAtLeast, 0, 1, x32],
    [answer, 0, 0, kill],
    [jumpIfEqual, 0, 1, clone3],
    [answer, 0, 0, notImplemented],
    ...refused.flatMap((number) => [
      [jumpIfEqual, 0, 1, number],
      [answer, 0, 0, notPermitted],
    ]),
    [jumpIfEqual, 0, 4, socket],
    [load, 0, 0, field.firstArgument],
    [jumpIfEqual, 1, 0, localSocket],
    [answer, 0, 0, familyNotSupported],
    [answer, 0, 0, allow],
    [jumpIfEqual, 0, 3, clone],
    [load, 0, 0, field.firstArgument],
    [jumpIfAnyBit, 0, 1, newNamespaces],
    [answer, 0, 0, notPermitted],
    [answer, 0, 0, allow],
  ];
  const bytes = Buffer.alloc(lines.length * 8);
  for (const [at, [code = 0, yes = 0, no = 0, value = 0]] of lines.entries()) {
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(yes, at * 8 + 2);
    bytes.writeUInt8(no, at * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, at * 8 + 4);
  }
  return bytes;
}
