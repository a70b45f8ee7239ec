/**
 * Servers of the Model Context Protocol as tools of an agent: read from settings, started after a person's yes, signed in to, and called under policy.
 *
 * @module timonel/mcp
 */
export { approvalsInFile, approvalsInMemory, type McpApprovals } from './mcp/approvals-file.ts';
export { type BrowserLogin, browserLogin } from './mcp/browser-login.ts';
export type { McpElicit } from './mcp/client.ts';
export { McpConnection, type McpConnectionOptions } from './mcp/connection.ts';
export {
  type McpAnswer,
  McpCallUnclear,
  type McpHttpSettings,
  McpNotConnected,
  type McpOAuthSettings,
  type McpOrigin,
  type McpOtherPart,
  type McpProtocol,
  type McpServerEntry,
  type McpServerSettings,
  type McpServerView,
  type McpState,
  type McpStdioSettings,
  type McpTool,
} from './mcp/contract.ts';
export { McpHub, type McpHubOptions } from './mcp/hub.ts';
export { mcpRules } from './mcp/rules.ts';
export { type McpSettings, type McpSource, readMcpSettings } from './mcp/settings.ts';
export type { McpAuthorizer } from './mcp/sign-in.ts';
export type { McpSkill, McpSkillFile } from './mcp/skills.ts';
export { type McpKeptTokens, type McpTokenStore, tokensInFolder, tokensInMemory } from './mcp/token-store.ts';
export { type McpCallFacts, type McpConnectFacts, type McpToolOptions, mcpTools } from './mcp/tools.ts';
