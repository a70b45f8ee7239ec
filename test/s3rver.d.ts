declare module '@20minutes/s3rver' {
  /** A server that speaks S3 and checks signatures; the key of its one account is "S3RVER", with the same secret. */
  export default class S3rver {
    constructor(options: {
      address: string;
      port: number;
      silent: boolean;
      directory: string;
      configureBuckets: { name: string; configs: string[] }[];
    });
    run(): Promise<{ address: string; port: number }>;
    close(): Promise<void>;
  }
}
