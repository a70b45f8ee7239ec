/**
 * The system calls that a native program may not make, as a program of the kernel's packet filter (seccomp mode 2). Namespaces close the network and
 * the files; this closes ways into the kernel that namespaces leave open: keys, io_uring, tracing, and sockets of every family but local ones.
 *
 * Numbers: include/uapi/asm-generic/unistd.h (arm64), arch/x86/entry/syscalls/syscall_64.tbl.
 */

/** Refused with "not permitted": the numbers on x64, and on arm64 where it has the call. */
const refused: Readonly<Record<string, readonly [x64: number, arm64?: number]>> = {
  ptrace: [101, 117],
  syslog: [103, 116],
  uselib: [134],
  personality: [135, 92],
  ustat: [136],
  sysfs: [139],
  vhangup: [153, 58],
  modify_ldt: [154],
  pivot_root: [155, 41],
  _sysctl: [156],
  adjtimex: [159, 171],
  chroot: [161, 51],
  acct: [163, 89],
  settimeofday: [164, 170],
  mount: [165, 40],
  umount2: [166, 39],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  iopl: [172],
  ioperm: [173],
  create_module: [174],
  init_module: [175, 105],
  delete_module: [176, 106],
  get_kernel_syms: [177],
  query_module: [178],
  quotactl: [179, 60],
  nfsservctl: [180, 42],
  lookup_dcookie: [212, 18],
  remap_file_pages: [216, 234],
  clock_settime: [227, 112],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  get_mempolicy: [239, 236],
  kexec_load: [246, 104],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  migrate_pages: [256, 238],
  unshare: [272, 97],
  move_pages: [279, 239],
  perf_event_open: [298, 241],
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  clock_adjtime: [305, 266],
  setns: [308, 268],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  finit_module: [313, 273],
  kexec_file_load: [320, 294],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  mount_setattr: [442, 442],
  quotactl_fd: [443, 443],
  memfd_secret: [447, 447],
  open_tree_attr: [467, 467],
};

interface Architecture {
  /** AUDIT_ARCH_… of the kernel. */
  audit: number;
  /** Where its numbers are in {@link refused}. */
  column: 0 | 1;
  socket: number;
  clone: number;
}

/** Answered with "not implemented": a library then uses `clone`, whose arguments a filter can read. The same number everywhere. */
const clone3 = 435;

const architectures: Partial<Record<NodeJS.Architecture, Architecture>> = {
  x64: { audit: 0xc000_003e, column: 0, socket: 41, clone: 56 },
  arm64: { audit: 0xc000_00b7, column: 1, socket: 198, clone: 220 },
};

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
/** AF_UNIX; and those that a network of one's own, with nothing but a loopback, can be used with: AF_INET, AF_INET6, AF_NETLINK. */
const socketFamilies = { local: [1], loopback: [1, 2, 10, 16] } as const;
/** CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWNS, NEWTIME. */
const newNamespaces = 0x7e02_0080;
/** Calls of the x32 interface have this bit, and numbers of their own. */
const x32 = 0x4000_0000;

/**
 * @param sockets `loopback` for programs that may open servers and reach them in their own network namespace
 * @returns `struct sock_filter[]` for this machine; undefined where its architecture is not known
 */
export function seccompFilter(
  sockets: keyof typeof socketFamilies = 'local',
  name: NodeJS.Architecture = process.arch,
): Buffer | undefined {
  const architecture = architectures[name];
  if (architecture === undefined) return undefined;
  const { audit, column, socket, clone } = architecture;
  const families = socketFamilies[sockets];
  const numbers = Object.values(refused).flatMap((row) => row[column] ?? []);
  const lines: number[][] = [
    [load, 0, 0, field.architecture],
    [jumpIfEqual, 1, 0, audit],
    [answer, 0, 0, kill],
    [load, 0, 0, field.number],
    [jumpIfAtLeast, 0, 1, x32],
    [answer, 0, 0, kill],
    [jumpIfEqual, 0, 1, clone3],
    [answer, 0, 0, notImplemented],
    ...numbers.flatMap((number) => [
      [jumpIfEqual, 0, 1, number],
      [answer, 0, 0, notPermitted],
    ]),
    [jumpIfEqual, 0, 2 * families.length + 2, socket],
    [load, 0, 0, field.firstArgument],
    ...families.flatMap((family) => [
      [jumpIfEqual, 0, 1, family],
      [answer, 0, 0, allow],
    ]),
    [answer, 0, 0, familyNotSupported],
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
