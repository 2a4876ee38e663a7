package io.millrace.tests.bench;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** One HTTP/1.1 connection that posts one body after the other, doing as little as a client can. */
final class KeptConnection implements AutoCloseable {
  private static final int FIRST_ANSWER = 1 << 14;
  private static final byte[] HEADERS_END = {'\r', '\n', '\r', '\n'};

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private byte[] answer = new byte[FIRST_ANSWER];
  private int end;

  KeptConnection(String host, int port) throws IOException {
    socket = new Socket(host, port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
  }

  /** A whole request of a batch. */
  static byte[] request(String path, List<byte[]> events) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] event : events) {
      body.write(body.size() == 0 ? '[' : ',');
      body.writeBytes(event);
    }
    body.write(']');
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/cloudevents-batch+json\r\nContent-Length: "
                + body.size()
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body.toByteArray());
    return request.toByteArray();
  }

  /**
   * Posts what is left of the requests that several connections share.
   *
   * @param allAccepted whether each answer must say that all its events are accepted
   * @return how long each answer took, nanoseconds
   */
  long[] postAll(List<byte[]> requests, AtomicInteger next, boolean allAccepted)
      throws IOException {
    long[] took = new long[requests.size()];
    int n = 0;
    int i;
    while ((i = next.getAndIncrement()) < requests.size()) {
      long begun = System.nanoTime();
      out.write(requests.get(i));
      int body = read();
      took[n++] = System.nanoTime() - begun;
      String head = new String(answer, body, Math.min(120, end - body), StandardCharsets.US_ASCII);
      boolean good =
          new String(answer, 0, 12, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")
              && (!allAccepted || head.contains("\"duplicate\":0,\"suspended\":0,"));
      if (!good) {
        throw new IOException("answered " + head);
      }
    }
    return Arrays.copyOf(took, n);
  }

  /** Sends a request and reads its answer. */
  String exchange(byte[] request) throws IOException {
    out.write(request);
    read();
    return new String(answer, 0, end, StandardCharsets.UTF_8);
  }

  /** Reads an answer. Returns where its body begins. */
  private int read() throws IOException {
    end = 0;
    int body = -1;
    while (body < 0) {
      more();
      body = bodyAt(answer, end);
    }
    int whole = wholeLength(answer, body);
    while (end < whole) {
      more();
    }
    return body;
  }

  private void more() throws IOException {
    if (end == answer.length) {
      answer = Arrays.copyOf(answer, 2 * answer.length);
    }
    int some = in.read(answer, end, answer.length - end);
    if (some < 0) {
      throw new IOException("the server has closed the connection");
    }
    end += some;
  }

  /** Where the body of an answer begins, −1 where its headers have not all come. */
  static int bodyAt(byte[] answer, int end) {
    for (int i = 0; i + 4 <= end; i++) {
      if (Arrays.equals(answer, i, i + 4, HEADERS_END, 0, 4)) {
        return i + 4;
      }
    }
    return -1;
  }

  /** How long an answer is with its headers, whose body begins there. */
  static int wholeLength(byte[] answer, int body) {
    String headers = new String(answer, 0, body, StandardCharsets.US_ASCII);
    int at = headers.toLowerCase(Locale.ROOT).indexOf("content-length: ") + 16;
    return body + Integer.parseInt(headers.substring(at, headers.indexOf('\r', at)));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
