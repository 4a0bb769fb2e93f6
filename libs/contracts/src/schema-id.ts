/** Names the JSON Schema of an event's data: the CloudEvents attribute `dataschema`. */
export const schemaIdOf = (type: string): string => `urn:tillroll:schema:${type}`;
