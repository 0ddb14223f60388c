//! A small HTTP/1.1 client over a plain socket: tests decide what goes out, byte by byte, and the
//! load generator spends little of the machine it shares with its target.

use std::{fmt::Write as _, io, net::SocketAddr, pin::pin};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::sign;

/// A `GET` of `path`.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes()
}

/// A `POST` of `body` to `path` with exactly these `headers`, plus host and length.
pub fn post(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    request("POST", path, headers, body)
}

/// The same with any method.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        // Writing to a `String` cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A webhook delivery of `body`, signed with `secret` as the platform does.
pub fn delivery(secret: &str, body: &[u8]) -> Vec<u8> {
    let signature = sign::hub_signature(secret, body);
    post(
        "/webhook",
        &[
            ("content-type", "application/json"),
            ("x-hub-signature", &signature),
        ],
        body,
    )
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header called `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that stays open from one request to the next.
#[derive(Debug)]
pub struct Connection {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

impl Connection {
    /// Connects to `address`.
    ///
    /// # Errors
    ///
    /// When nobody listens there.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        Ok(Self {
            reader: BufReader::with_capacity(4096, reader),
            writer,
        })
    }

    /// Sends `request` and reads its answer, also one that comes before the request is all sent.
    ///
    /// # Errors
    ///
    /// When the connection ends before an answer is complete.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Response> {
        let mut answer = pin!(read_response(&mut self.reader));
        tokio::select! {
            biased;
            answer = &mut answer => return answer,
            // A server may refuse a long body and stop reading; what counts is its answer.
            _ = self.writer.write_all(request) => {}
        }
        answer.await
    }

    /// Sends `bytes` as they are and waits for nothing.
    ///
    /// # Errors
    ///
    /// When the connection is closed.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes).await
    }

    /// Reads the next answer.
    ///
    /// # Errors
    ///
    /// When the connection ends before an answer is complete.
    pub async fn read(&mut self) -> io::Result<Response> {
        read_response(&mut self.reader).await
    }

    /// Returns once the other side has closed the connection, with what it sent before.
    pub async fn closed(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset is an end as good as any.
        let _ = self.reader.read_to_end(&mut rest).await;
        rest
    }

    /// Whether the other side has neither closed the connection nor sent anything unread.
    pub fn is_quiet(&self) -> bool {
        let unread = self.reader.get_ref().try_read(&mut [0]);
        self.reader.buffer().is_empty()
            && matches!(unread, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

async fn read_response(reader: &mut BufReader<OwnedReadHalf>) -> io::Result<Response> {
    let status_line = read_line(reader).await?;
    let status = status_line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| malformed(&status_line))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(reader).await?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| malformed(&line))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut response = Response {
        status,
        headers,
        body: Vec::new(),
    };
    response.body = read_body(reader, &response).await?;
    Ok(response)
}

async fn read_body(reader: &mut BufReader<OwnedReadHalf>, head: &Response) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if let Some(length) = head.header("content-length") {
        body.resize(length.parse().map_err(|_| malformed(length))?, 0);
        reader.read_exact(&mut body).await?;
    } else if head.header("transfer-encoding").is_some() {
        loop {
            let line = read_line(reader).await?;
            let size = usize::from_str_radix(&line, 16).map_err(|_| malformed(&line))?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).await?;
            body.append(&mut chunk);
            read_line(reader).await?;
            if size == 0 {
                break;
            }
        }
    }
    Ok(body)
}

async fn read_line(reader: &mut BufReader<OwnedReadHalf>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line).await?;
    match line.strip_suffix("\r\n") {
        Some(line) => Ok(line.to_owned()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn malformed(part: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not an HTTP answer: {part:?}"),
    )
}
