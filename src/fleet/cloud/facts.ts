import type { Resource } from '../../impcentral/types.ts'

/** What the cloud alone knows of an entity. */
export function factsOf({
  id,
  attributes,
}: Resource<string, { readonly created_at?: string | null; readonly updated_at?: string | null }>) {
  return { id, createdAt: attributes.created_at ?? undefined, updatedAt: attributes.updated_at ?? undefined }
}
