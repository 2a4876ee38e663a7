package io.millrace.tests.badinput;

import io.millrace.tests.sources.EmbeddedSftp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.awaitility.Awaitility;

/** Who puts files on an SFTP server: JSON lines in one folder, CSV in another. */
final class HostileSftp extends Hostile {
  private static final String HEADER = "seq,lamp,at,energy\n";
  private static final String SOURCE =
      """
      - route:
          id: NAME
          from:
            id: NAME-from
            uri: kamelet:sftp-source
            parameters:
              source: NAME
              host: 127.0.0.1
              port: "{{sftp.port}}"
              knownHosts: "{{sftp.knownHosts}}"
              user: millrace
              passwordFile: "{{sftp.passwordFile}}"
              settle: 0
              poll: 20
              readers: 1
              OPTIONS
            steps:
              - to: {id: NAME-usage, USAGE}
      """;

  private final EmbeddedSftp server;
  private final Path csv;
  private House house;
  private int files;

  HostileSftp(Path folder, Lamps lamps) throws Exception {
    super(lamps);
    server = EmbeddedSftp.start(folder);
    csv = Files.createDirectories(server.folder().resolveSibling("csv"));
  }

  @Override
  String name() {
    return "sftp";
  }

  @Override
  String route() {
    return route("sftp", "folder: lamps", "uri: \"direct:usage\"");
  }

  @Override
  Map<String, String> moreRoutes() {
    return Map.of(
        "sftp-csv",
        route(
            "sftp-csv",
            "folder: csv\n        header: true\n        trailer: \"TRAILER,\"",
            "uri: \"usage:csv\", parameters: {id: seq, subject: lamp, time: at, type: lamp.report,"
                + " source: /city/lamps, values: wh=energy}"));
  }

  private static String route(String name, String options, String usage) {
    return SOURCE.replace("NAME", name).replace("OPTIONS", options).replace("USAGE", usage);
  }

  @Override
  Map<String, String> properties() {
    return Map.of(
        "sftp.port", Integer.toString(server.port()),
        "sftp.knownHosts", server.knownHosts().toAbsolutePath().toString(),
        "sftp.passwordFile", server.passwordFile().toAbsolutePath().toString());
  }

  @Override
  void connect(House node) {
    house = node;
  }

  /** As a line of a file; those behind it are empty, so that no file is the same as another. */
  @Override
  String send(byte[] payload) throws Exception {
    return file("report-" + files + ".jsonl", joined(payload, bytes("\n".repeat(files + 1))));
  }

  private String file(String name, byte[] bytes) throws Exception {
    return put(server.folder(), name, bytes);
  }

  private String put(Path folder, String name, byte[] bytes) throws Exception {
    files++;
    Path whole = Files.write(server.folder().resolveSibling(".whole"), bytes);
    Files.move(whole, folder.resolve(name));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> isMoved(folder, "done", name) || isMoved(folder, "failed", name));
    return isMoved(folder, "done", name) ? "" : "refused:" + reason(name);
  }

  private static boolean isMoved(Path folder, String where, String name) {
    return Files.exists(folder.resolve(where).resolve(name));
  }

  private String reason(String name) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                House.list(house.get("/ops/files?limit=10"), "files").stream()
                    .filter(f -> String.valueOf(f.get("path")).endsWith("/" + name))
                    .map(f -> String.valueOf(f.get("reason")).split(":")[0])
                    .findFirst()
                    .orElse("null"),
            reason -> !reason.equals("null"));
  }

  @Override
  Map<String, String> otherOutcomes() {
    return Map.of(
        "1 nothing", "",
        "1 nothing, again", "",
        "14 a byte order mark", "charged",
        "14 UTF-16", "refused:not-text",
        "17 two lines", "charged duplicate",
        "18 a message of 10 MB", "refused:line-too-long",
        "18 a string of 10 MB", "refused:line-too-long");
  }

  @Override
  Map<Integer, String> excused() {
    return excuses(
        37,
        38,
        "a line is an event, and has no headers",
        40,
        49,
        "a matter of MQTT",
        50,
        57,
        "a matter of messages");
  }

  @Override
  void ownRows() {
    fileRow("58 a name that is an option", "charged", "-rf", this::line);
    fileRow("58 a name that is a command", "charged", "a;b $(x) `y`.jsonl", this::line);
    fileRow("58 a name of 255 bytes", "charged", "ü".repeat(127) + "x", this::line);
    fileRow("58 a name that climbs, as far as one can", "charged", "x..%2f..%2fcron", this::line);
    add("58 a name of two lines", "", () -> entry("a\nb.jsonl"));
    add("58 a name that begins as a climb does", "", () -> entry("..%2f..%2fcron"));
    add("58 a link out of the folder", "", this::link);
    add("58 a pipe", "", this::pipe);
    add("58 a folder called x.jsonl", "", () -> Files.createDirectory(in("x.jsonl")));
    fileRow("39 text called gzip", "charged", "text.jsonl.gz", this::line);
    fileRow("59 a zip file", "refused:not-text", "a.zip", () -> zip("a.jsonl"));
    fileRow("59 a zip file that climbs", "refused:not-text", "b.zip", () -> zip("../../x"));
    fileRow("59 a bomb", "refused:packed-too-tightly", "bomb.gz", HostileSftp::bomb);
    fileRow("60 two members", "charged charged", "two.gz", () -> joined(packed(), packed()));
    fileRow(
        "60 bytes behind", "refused:trailing-bytes", "c.gz", () -> joined(packed(), bytes("x")));
    fileRow("a file cut short", "refused:cut-short", "d.gz", () -> shorter(packed(), 5));
    fileRow("a file with a bit flipped", "refused:damaged", "e.gz", () -> flipped(packed()));
    fileRow("a line that does not end", "charged", "open.jsonl", lamps()::report);
    fileRow("CR alone", "malformed", "cr.jsonl", this::endedByCarriageReturns);
    csvRow("61 a formula for a lamp", "unknown-device", "1,=cmd|' /C calc'!A0,TIME,1\n", 1);
    csvRow("61 a formula for a number", "bad-quantity", "1,LAMP,TIME,@SUM(1+1)*cmd\n", 1);
    csvRow("61 a tab before a number", "bad-quantity", "1,LAMP,TIME,\t1\n", 1);
    csvRow("61 quotes unclosed", "malformed charged", "1,\"LAMP,TIME,1\n2,LAMP,TIME,0.412\n", 2);
    csvRow("61 semicolons", "malformed", "1;LAMP;TIME;1\n", 1);
    csvRow("61 a decimal comma", "malformed", "1,LAMP,TIME,1,5\n", 1);
    csvFile("61 a line of 2 MB", "refused:line-too-long", () -> HEADER + "1".repeat(2_000_000));
    csvFile(
        "62 columns in another order",
        "charged",
        () -> "energy,at,lamp,seq\n" + filled("0.412,TIME,LAMP,1\n") + "TRAILER,1\n");
    csvFile(
        "62 a column missing",
        "malformed",
        () -> "seq,lamp,energy\n" + filled("1,LAMP,0.412\n") + "TRAILER,1\n");
    csvFile(
        "62 a column twice",
        "malformed",
        () -> "seq,lamp,at,energy,energy\n" + filled("1,LAMP,TIME,1,1\n") + "TRAILER,1\n");
    csvFile("62 no header", "refused:no-header", () -> "");
    csvRow("63 a trailer that counts wrong", "refused:trailer-count", "1,LAMP,TIME,1\n", 2);
    csvFile("63 no trailer", "refused:no-trailer", () -> HEADER + filled("1,LAMP,TIME,1\n"));
    twice("64 the same file", "charged", (text, n) -> text);
    twice("64 the same with CRLF", "charged duplicate", (text, n) -> text.replace("\n", "\r\n"));
  }

  private void fileRow(String what, String outcome, String name, Callable<byte[]> bytes) {
    answered(what, outcome, () -> file(name, bytes.call()));
  }

  private void csvRow(String what, String outcome, String lines, int counted) {
    csvFile(what, outcome, () -> HEADER + filled(lines) + "TRAILER," + counted + "\n");
  }

  private void csvFile(String what, String outcome, Callable<String> text) {
    answered(what, outcome, () -> put(csv, "csv-" + files + ".csv", bytes(text.call())));
  }

  private interface Change {
    String of(String text, int time);
  }

  /** A file, and what becomes of it under another name. */
  private void twice(String what, String outcome, Change change) {
    answered(
        what,
        outcome,
        () -> {
          String text = HEADER + filled("1,LAMP,TIME,0.412\n") + "TRAILER,1\n";
          put(csv, "first-" + files + ".csv", bytes(text));
          return put(csv, "second-" + files + ".csv", bytes(change.of(text, 2)));
        });
  }

  /** With a lamp of which nothing was heard. */
  private String filled(String lines) {
    String report = new String(lamps().report(), StandardCharsets.UTF_8);
    int at = report.indexOf("lamp-0");
    return lines
        .replace("LAMP", report.substring(at, at + 11))
        .replace("TIME", Instant.ofEpochMilli(Lamps.NOW).toString());
  }

  private Path in(String name) {
    return server.folder().resolve(name);
  }

  private void entry(String name) throws IOException {
    Files.write(in(name), line());
  }

  private void link() throws IOException {
    Path secret = Files.write(server.folder().resolveSibling("secret"), line());
    Files.createSymbolicLink(in("link.jsonl"), secret);
  }

  private void pipe() throws Exception {
    if (new ProcessBuilder("mkfifo", in("pipe.jsonl").toString()).start().waitFor() != 0) {
      throw new AssertionError("no pipe was made");
    }
  }

  private byte[] line() {
    return joined(lamps().report(), bytes("\n"));
  }

  private byte[] endedByCarriageReturns() {
    return joined(lamps().report(), bytes("\r"), lamps().report(), bytes("\r"));
  }

  private byte[] packed() throws IOException {
    return gzip(line());
  }

  private static byte[] bomb() throws IOException {
    return gzip(bytes("0".repeat(1_000).concat("\n").repeat(3_000)));
  }

  private static byte[] gzip(byte[] text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text);
    }
    return out.toByteArray();
  }

  private byte[] zip(String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(line());
    }
    return out.toByteArray();
  }

  private static byte[] shorter(byte[] bytes, int by) {
    return Arrays.copyOf(bytes, bytes.length - by);
  }

  /** In the checksum. */
  private static byte[] flipped(byte[] gzip) {
    gzip[gzip.length - 6] ^= 1;
    return gzip;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Stream.of(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}
