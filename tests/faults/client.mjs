// One request by http of Node; what was seen of the answer is told as JSON (see clients.py).
import http from 'node:http';

const options = JSON.parse(await new Promise((resolve) => {
  let text = '';
  process.stdin.on('data', (data) => (text += data)).on('end', () => resolve(text));
}));
const seen = { status: null, headers: {}, pieces: [], end: null };

function end(how) {
  if (seen.end !== null) return;
  seen.end = how;
  process.stdout.write(JSON.stringify(seen), () => process.exit(0));
}

const broken = (error) => end(String(error.code).startsWith('HPE_') ? 'no http' : 'closed');
const content = Buffer.from(options.content);
const headers = { ...options.headers, 'content-length': content.length };
const url = new URL(options.path, options.url);
const request = http.request(url, { method: options.method, headers, timeout: options.silence }, (response) => {
  seen.status = response.statusCode;
  seen.headers = response.headers;
  response.on('data', (data) => seen.pieces.push(data.toString('base64')));
  response.on('end', () => end('whole'));
  response.on('error', broken);
});
request.on('timeout', () => end('silent'));
request.on('error', broken);
request.end(content);
