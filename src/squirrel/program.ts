/** What runs on a device and its agent, and where. The shapes are those of the sandbox's behaviours. */

export type DeviceFacts = {
  id: string
  agentId: string
  agentUrl: string
  mac: string
  impType: string
  swversion: string
  name: string | null
}

/** Code and surroundings of one deployment. */
export type Program = {
  deploymentId: string
  sha: string
  deviceCode: string
  agentCode: string
  /** ISO 8601. */
  createdAt: string
  product: { id: string; name: string }
  group: { id: string; name: string; type: string }
  envVars: Readonly<Record<string, string | number>>
  /** Where `#require` looks before all else: full paths of folders, and files as `NAME[:VERSION]=PATH`. */
  libraries?: readonly string[]
  /** Names of the files that the code comes from, for traces; those of a deployment otherwise. */
  files?: Readonly<{ device?: string; agent?: string }>
}

/** File names that traces and compile errors show for the two sides. */
export const codeFiles = { device: 'device_code', agent: 'agent_code' } as const
