/** The rows of `http`, its requests and responses, `crypto` and `regexp2`. */
const hashes = ['md5', 'sha1', 'sha256', 'sha512']

export const httpRows = `
both http | Encodings; on agents also requests to and from the internet.
both .jsonencode(value: any, options?: table) -> string | The JSON text of a value.
both .jsondecode(text: any) -> any | The value of a JSON text.
both .urlencode(table: table) -> string | The slots of a table as the query of a URL.
both .urldecode(text: string) -> table | The slots of a query.
both .base64encode(data: any) -> string | Bytes as base64.
both .base64decode(text: string) -> blob | The bytes of a base64 text.
both .agenturl() -> string | The URL under which the agent answers.
agent .request(method: string, url: string, headers?: table|null, body?: any) -> httprequest | Prepares a request with any method.
agent .get(url: string, headers?: table|null) -> httprequest | Prepares a GET request.
agent .post(url: string, headers: table|null, body: any) -> httprequest | Prepares a POST request.
agent .put(url: string, headers: table|null, body: any) -> httprequest | Prepares a PUT request.
agent .httpdelete(url: string, headers?: table|null) -> httprequest | Prepares a DELETE request.
agent .onrequest(callback: function|null) | Calls a function with each request to the agent's URL and the response to fill.
both http.hash | Digests of bytes, as blobs.
${hashes
  .flatMap((name) => [
    `both .${name}(data: any) -> blob | The ${name.toUpperCase()} digest of bytes.`,
    `both .hmac${name}(data: any, key: any) -> blob | The ${name.toUpperCase()} digest of bytes with a key.`,
  ])
  .join('\n')}
agent httprequest [class] | A request that http.get and its like prepared.
agent .sendsync() -> table [blocking] | Sends the request and gives the answer: statuscode, headers, body.
agent .sendasync(done: function|null, stream?: function|null, timeout?: number) | Sends the request; functions get the answer, and the pieces of its body.
agent .cancel() | Forgets a request that was sent.
agent .setvalidation(how: integer) [stub] | How the certificate of the other host is checked.
agent httpresponse [class] | The answer to a request to the agent's URL.
agent .send(status: number, body?: any) | Sends the answer.
agent .header(name: string, value: any) | Sets a header of the answer.
agent VALIDATE_NONE = 0 | Certificates of other hosts are not checked.
agent VALIDATE_USING_DEVICE_CERT = 1 | They are checked against the device's own.
agent VALIDATE_USING_SYSTEM_CA_CERTS = 2 | They are checked against the usual authorities.
both crypto | Digests, signatures and ciphers.
both .equals(one: any, other: any) -> bool | Whether bytes are the same, in a time that does not depend on where they differ.
both .hmacsha256(data: any, key: any) -> blob | The SHA256 digest of bytes with a key.
both .sha1(data: any) -> blob | The SHA1 digest of bytes.
both .sha256(data: any) -> blob | The SHA256 digest of bytes.
both .sha512(data: any) -> blob | The SHA512 digest of bytes.
both .random(length: integer) -> blob | Random bytes.
agent .sign(algorithm: integer, data: any, key: any) -> blob | Signs bytes with a private key.
agent .verify(algorithm: integer, data: any, signature: any, key: any) -> bool | Whether a signature is that of a public key over bytes.
both crypto.RSASSA_PKCS1_SHA256 = 1 | crypto.sign: RSA with SHA256.
both crypto.ECDSA_SHA256 = 2 | crypto.sign: elliptic curves with SHA256.
both crypto.aescbc | AES in CBC mode.
both .encrypt(key: any, data: any, start: any) -> blob | Encrypts blocks of 16 bytes.
both .decrypt(key: any, data: any, start: any) -> blob | Decrypts blocks of 16 bytes.
both RSA_SHA256 = 1 [instead crypto.RSASSA_PKCS1_SHA256] | crypto.sign: RSA with SHA256.
both ECDSA_SHA256 = 2 [instead crypto.ECDSA_SHA256] | crypto.sign: elliptic curves with SHA256.
agent regexp2 [property] | A class of regular expressions with the syntax of RE2, without surprises in time.
`
