import type { PathReading } from './places.ts';

/** A program that is proven to change nothing with these options. An option that is not here asks. */
export interface ReadOnlyProgram {
  /** Letters of options without a value. */
  letters?: string;
  /** Letters of options with a value that is text or a number. */
  valued?: string;
  /** Long options without a value, or with one that only says how. */
  long?: string;
  /** Long options with a value, in the next word or after `=`. */
  longValued?: string;
  /** Other options that are one word. */
  words?: RegExp;
  /**
   * The words that are not options. `paths`: files and folders. `text`: anything. `none`: there are none. `pattern`: first a pattern, unless an option gave
   * it, then paths. A function says by itself what is wrong with one.
   */
  operands: 'paths' | 'text' | 'none' | 'pattern' | 'path-once';
  /** What it reads of its paths. */
  reads?: PathReading;
  /** Letters and long options with which it reads beneath its folders. */
  beneath?: string;
  /** It reads beneath the current folder where no path is given: with this. */
  searches?: PathReading;
  /** Options that give the pattern. */
  patterns?: string;
  /** Whatever an option does, it only reads its paths: a pattern may name files whose names look like options. */
  safeNames?: true;
  /** Options are single words with one dash, and the operands come first. */
  singleDash?: true;
}

const searching = 'after-context before-context context max-count include exclude exclude-dir regexp color colour label';

/** Read-only programs by their names. */
export const readOnlyPrograms: ReadonlyMap<string, ReadOnlyProgram> = new Map<string, ReadOnlyProgram>([
  ['true', { operands: 'text', letters: '' }],
  ['false', { operands: 'text', letters: '' }],
  [':', { operands: 'text', words: /^-.*/ }],
  ['echo', { operands: 'text', words: /^-.*/, safeNames: true }],
  ['printf', { operands: 'text' }],
  ['pwd', { operands: 'none', letters: 'LP', long: 'logical physical' }],
  ['exit', { operands: 'text' }],
  ['break', { operands: 'text' }],
  ['continue', { operands: 'text' }],
  ['sleep', { operands: 'text' }],
  [
    'seq',
    { operands: 'text', letters: 'w', valued: 'sf', long: 'equal-width', longValued: 'separator format', words: /^-\d+(\.\d+)?$/ },
  ],
  [
    'date',
    { operands: 'text', letters: 'uRI', valued: 'd', long: 'utc universal rfc-email iso-8601 rfc-3339 debug', longValued: 'date' },
  ],
  ['cal', { operands: 'text', letters: '13y' }],
  [
    'uname',
    {
      operands: 'none',
      letters: 'asnrvmpio',
      long: 'all kernel-name nodename kernel-release kernel-version machine operating-system',
    },
  ],
  ['hostname', { operands: 'none', letters: 'fsidI', long: 'fqdn short ip-address all-ip-addresses' }],
  ['whoami', { operands: 'none' }],
  ['id', { operands: 'text', letters: 'ugGnrz', long: 'user group groups name real zero' }],
  ['groups', { operands: 'text' }],
  ['nproc', { operands: 'none', long: 'all' }],
  ['arch', { operands: 'none' }],
  ['uptime', { operands: 'none', letters: 'ps', long: 'pretty since' }],
  ['free', { operands: 'none', letters: 'bkmghtw', long: 'human bytes kibi mebi gibi total wide' }],
  ['tty', { operands: 'none' }],
  ['which', { operands: 'text', letters: 'a', long: 'all' }],
  ['type', { operands: 'text', letters: 'atpPf' }],
  ['basename', { operands: 'text', letters: 'az', valued: 's', long: 'multiple zero', longValued: 'suffix' }],
  ['dirname', { operands: 'text', letters: 'z', long: 'zero' }],
  [
    'realpath',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'emLPqsz',
      long: 'canonicalize-existing canonicalize-missing logical physical quiet strip zero',
    },
  ],
  [
    'readlink',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'femnqsvz',
      long: 'canonicalize canonicalize-existing canonicalize-missing no-newline quiet silent verbose zero',
    },
  ],
  [
    'ls',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'aAbBcCdfFgGhHiklLmnNopqQrRsStuUvxXZ1',
      valued: 'Iw',
      long: 'all almost-all author escape directory dereference classify file-type human-readable si inode numeric-uid-gid literal no-group size recursive reverse full-time group-directories-first hide-control-chars kibibytes context zero color',
      longValued: 'sort time time-style format block-size indicator-style quoting-style width hide ignore',
      safeNames: true,
    },
  ],
  [
    'tree',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'adfxpshugDFtcrvUCnSAi',
      valued: 'LIP',
      long: 'dirsfirst noreport prune gitignore du si sort charset',
      longValued: 'filelimit',
    },
  ],
  [
    'stat',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'Lft',
      valued: 'c',
      long: 'dereference file-system terse',
      longValued: 'format printf',
    },
  ],
  [
    'file',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'bikNnrprhL0',
      long: 'brief mime mime-type mime-encoding keep-going no-pad raw dereference no-dereference',
    },
  ],
  [
    'du',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'abchHklmsSxD0P',
      valued: 'dtB',
      long: 'all apparent-size bytes total human-readable si summarize separate-dirs one-file-system null',
      longValued: 'max-depth threshold block-size exclude time',
    },
  ],
  [
    'df',
    {
      operands: 'paths',
      reads: 'names',
      letters: 'ahHiklPT',
      valued: 'tB',
      long: 'all human-readable si inodes local portability print-type total',
      longValued: 'type block-size',
    },
  ],
  [
    'cat',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'AbeEnstTuv',
      long: 'show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting',
      safeNames: true,
    },
  ],
  ['tac', { operands: 'paths', reads: 'content', letters: 'br', valued: 's' }],
  ['nl', { operands: 'paths', reads: 'content', letters: 'p', valued: 'bdfhilnsvw' }],
  [
    'head',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'qvz',
      valued: 'nc',
      long: 'quiet silent verbose zero-terminated',
      longValued: 'lines bytes',
      words: /^-\d+$/,
    },
  ],
  [
    'tail',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'qvzr',
      valued: 'nc',
      long: 'quiet silent verbose zero-terminated',
      longValued: 'lines bytes',
      words: /^-\d+$/,
    },
  ],
  [
    'wc',
    { operands: 'paths', reads: 'content', letters: 'clLmw', long: 'bytes chars lines max-line-length words', longValued: 'total' },
  ],
  [
    'cut',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'sznM',
      valued: 'bcdf',
      long: 'only-delimited complement zero-terminated',
      longValued: 'bytes characters delimiter fields output-delimiter',
    },
  ],
  [
    'paste',
    { operands: 'paths', reads: 'content', letters: 'sz', valued: 'd', long: 'serial zero-terminated', longValued: 'delimiters' },
  ],
  ['tr', { operands: 'text', letters: 'cCdst', long: 'complement delete squeeze-repeats truncate-set1' }],
  ['rev', { operands: 'paths', reads: 'content' }],
  ['fold', { operands: 'paths', reads: 'content', letters: 'bs', valued: 'w', long: 'bytes spaces', longValued: 'width' }],
  ['fmt', { operands: 'paths', reads: 'content', letters: 'cstu', valued: 'wp', longValued: 'width prefix' }],
  [
    'column',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'tx',
      valued: 'scoN',
      long: 'table fillrows',
      longValued: 'separator output-separator',
    },
  ],
  ['expand', { operands: 'paths', reads: 'content', letters: 'i', valued: 't', long: 'initial', longValued: 'tabs' }],
  ['unexpand', { operands: 'paths', reads: 'content', letters: 'a', valued: 't', long: 'all first-only', longValued: 'tabs' }],
  [
    'sort',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'bdfgiMhnRrVcCmsuz',
      valued: 'kt',
      long: 'ignore-leading-blanks dictionary-order ignore-case general-numeric-sort ignore-nonprinting month-sort human-numeric-sort numeric-sort reverse version-sort check merge stable unique zero-terminated',
      longValued: 'key field-separator sort',
    },
  ],
  [
    'uniq',
    {
      operands: 'path-once',
      reads: 'content',
      letters: 'cdDiuz',
      valued: 'fsw',
      long: 'count repeated ignore-case unique zero-terminated',
      longValued: 'skip-fields skip-chars check-chars',
    },
  ],
  ['comm', { operands: 'paths', reads: 'content', letters: '123iz', long: 'check-order nocheck-order total zero-terminated' }],
  ['join', { operands: 'paths', reads: 'content', letters: 'iz', valued: 'aevj12to', long: 'ignore-case header' }],
  [
    'cmp',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'bls',
      valued: 'in',
      long: 'print-bytes verbose silent quiet',
      longValued: 'ignore-initial bytes',
    },
  ],
  [
    'diff',
    {
      operands: 'paths',
      reads: 'beneath',
      letters: 'abBcdEeinNpqstTuwyZ',
      valued: 'CUIWx',
      long: 'brief report-identical-files unified context side-by-side ignore-case ignore-all-space ignore-space-change ignore-blank-lines ignore-trailing-space strip-trailing-cr text minimal new-file suppress-common-lines color normal ed',
      longValued: 'width label exclude ignore-matching-lines',
      beneath: 'r recursive',
    },
  ],
  [
    'strings',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'af',
      valued: 'ntes',
      long: 'all print-file-name',
      longValued: 'bytes radix encoding',
    },
  ],
  [
    'od',
    {
      operands: 'paths',
      reads: 'content',
      letters: 'abcdDfFhHiIlLosvxX',
      valued: 'AjNStw',
      long: 'output-duplicates',
      longValued: 'address-radix skip-bytes read-bytes format width',
    },
  ],
  ['hexdump', { operands: 'paths', reads: 'content', letters: 'bcCdovx', valued: 'ns' }],
  ['xxd', { operands: 'path-once', reads: 'content', letters: 'abiEpuC', valued: 'clgs' }],
  [
    'base64',
    { operands: 'paths', reads: 'content', letters: 'di', valued: 'w', long: 'decode ignore-garbage', longValued: 'wrap' },
  ],
  [
    'base32',
    { operands: 'paths', reads: 'content', letters: 'di', valued: 'w', long: 'decode ignore-garbage', longValued: 'wrap' },
  ],
  ...['md5sum', 'sha1sum', 'sha224sum', 'sha256sum', 'sha384sum', 'sha512sum', 'b2sum', 'cksum'].map(
    (name): [string, ReadOnlyProgram] => [
      name,
      { operands: 'paths', reads: 'content', letters: 'btz', long: 'binary text tag zero' },
    ],
  ),
  ['sum', { operands: 'paths', reads: 'content', letters: 'rs' }],
  [
    'grep',
    {
      operands: 'pattern',
      reads: 'content',
      letters: 'EFGPivwxcLloqsbHhnTZaUzI',
      valued: 'meABC',
      long: 'extended-regexp fixed-strings basic-regexp perl-regexp ignore-case no-ignore-case invert-match word-regexp line-regexp count files-without-match files-with-matches only-matching quiet silent no-messages byte-offset with-filename no-filename line-number initial-tab null text binary null-data line-buffered color colour',
      longValued: searching,
      beneath: 'r recursive',
      patterns: 'e regexp',
      words: /^-\d+$/,
      searches: 'beneath',
    },
  ],
  [
    'rg',
    {
      operands: 'pattern',
      reads: 'visible',
      letters: 'FivwxclonsSNHpPqUV0a',
      valued: 'egtTmABCMdj',
      long: 'fixed-strings ignore-case smart-case case-sensitive invert-match word-regexp line-regexp count count-matches files-with-matches files-without-match only-matching line-number no-line-number with-filename no-filename pcre2 quiet multiline heading no-heading column json stats trim vimgrep version type-list crlf null text no-messages files sort-files',
      longValued:
        'regexp glob iglob type type-not max-count after-context before-context context max-columns max-depth threads color colors sort sortr max-filesize',
      beneath: 'g glob iglob',
      searches: 'visible',
      patterns: 'e regexp files type-list version V',
    },
  ],
  ['test', { operands: 'text' }],
  ['expr', { operands: 'text' }],
  ['factor', { operands: 'text' }],
  ['yes', { operands: 'text' }],
  ['bc', { operands: 'none', letters: 'lq' }],
  ['ps', { operands: 'none', words: /^-?[aufxwlA]+$|^-e?f?$/ }],
  ['[', { operands: 'text' }],
  ['find', { operands: 'paths', reads: 'names', singleDash: true }],
  [
    'fd',
    {
      operands: 'pattern',
      reads: 'names',
      letters: 'siFgap0H1',
      valued: 'tedES',
      long: 'case-sensitive ignore-case glob fixed-strings absolute-path full-path print0 hidden',
      longValued: 'type extension max-depth min-depth exclude size changed-within changed-before max-results color',
    },
  ],
  ['cd', { operands: 'path-once', reads: 'names' }],
  [
    'jq',
    {
      operands: 'pattern',
      reads: 'content',
      letters: 'rcneSajMCs',
      long: 'raw-output compact-output null-input exit-status sort-keys ascii-output join-output monochrome-output color-output slurp tab',
    },
  ],
  [
    'sed',
    {
      operands: 'pattern',
      reads: 'content',
      letters: 'nErsuz',
      valued: 'e',
      long: 'quiet silent regexp-extended null-data unbuffered separate sandbox posix',
      longValued: 'expression',
      patterns: 'e expression',
    },
  ],
  ['awk', { operands: 'pattern', reads: 'content', valued: 'F' }],
  ['git', { operands: 'text' }],
]);
