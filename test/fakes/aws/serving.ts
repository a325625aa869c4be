import { afterAll, beforeAll, vi } from "vitest";
import { type AwsServer, awsServer, CALLER } from "./server.ts";

/** For the tests of a file: services that the environment's account and endpoint lead to. Answers with their server. */
export function serving(...services: Parameters<typeof awsServer>[0]): () => AwsServer {
  let server: AwsServer | undefined;
  beforeAll(async () => {
    server = await awsServer(services);
    vi.stubEnv("AWS_ACCESS_KEY_ID", CALLER.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", CALLER.secretAccessKey);
    vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
    vi.stubEnv("AWS_REGION", "us-east-1");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server?.close();
  });
  return () => server!;
}
