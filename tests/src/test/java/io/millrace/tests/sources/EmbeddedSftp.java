package io.millrace.tests.sources;

import io.millrace.tests.house.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.io.IoUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.sftp.server.DirectoryHandle;
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.jspecify.annotations.Nullable;

/** An SFTP server in this process, on loopback, with one user and one folder. */
public final class EmbeddedSftp implements AutoCloseable {
  /** Who may log in. */
  public static final String USER = "millrace";

  private static final String PASSWORD = "a secret & more";

  /** Where the files are. */
  public static final String FOLDER = "lamps";

  /** Names under which the server lists files that have others: what a hostile one says. */
  final Map<String, String> listedAs = new ConcurrentHashMap<>();

  /** The key that may log in, if any. */
  @Nullable PublicKey userKey;

  private final Path home;
  private final Path knownHosts;
  private final Path passwordFile;
  private final SimpleGeneratorHostKeyProvider hostKey;
  private final int port;
  private SshServer server;

  private EmbeddedSftp(Path folder, int port) throws Exception {
    this.home = Files.createDirectories(folder.resolve("home"));
    this.knownHosts = folder.resolve("known_hosts");
    this.passwordFile = folder.resolve("password");
    this.hostKey = new SimpleGeneratorHostKeyProvider(folder.resolve("host_key"));
    this.port = port;
    hostKey.setAlgorithm(KeyUtils.EC_ALGORITHM);
    hostKey.setKeySize(256);
    Files.createDirectories(folder());
    Files.writeString(passwordFile, PASSWORD + '\n');
    this.server = startServer();
    PublicKey key = hostKey.loadKey(null, KeyPairProvider.ECDSA_SHA2_NISTP256).getPublic();
    Files.writeString(
        knownHosts, "[127.0.0.1]:" + port + ' ' + PublicKeyEntry.toString(key) + '\n');
  }

  /** Starts one on a free port. */
  public static EmbeddedSftp start(Path folder) throws Exception {
    return new EmbeddedSftp(Files.createDirectories(folder.toAbsolutePath()), FreePort.next());
  }

  private SshServer startServer() throws IOException {
    SshServer made = SshServer.setUpDefaultServer();
    made.setHost("127.0.0.1");
    made.setPort(port);
    made.setKeyPairProvider(hostKey);
    made.setPasswordAuthenticator(
        (user, password, session) -> user.equals(USER) && password.equals(PASSWORD));
    made.setPublickeyAuthenticator(
        (user, key, session) -> user.equals(USER) && KeyUtils.compareKeys(key, userKey));
    made.setFileSystemFactory(new VirtualFileSystemFactory(home));
    made.setSubsystemFactories(List.of(new Lying()));
    made.start();
    return made;
  }

  /** Lists files by the names that it is told to. */
  private final class Lying extends SftpSubsystemFactory {
    @Override
    public Command createSubsystem(ChannelSession channel) {
      return new SftpSubsystem(channel, this) {
        @Override
        protected void writeDirEntry(
            int id,
            DirectoryHandle directory,
            Map<String, Path> entries,
            Buffer buffer,
            int index,
            Path file,
            String name,
            LinkOption... options)
            throws IOException {
          String listed = listedAs.getOrDefault(name, name);
          super.writeDirEntry(id, directory, entries, buffer, index, file, listed, options);
        }
      };
    }
  }

  /** Its port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The file with its host key. */
  public Path knownHosts() {
    return knownHosts;
  }

  /** The file with the user's password. */
  public Path passwordFile() {
    return passwordFile;
  }

  /** The folder with the files, from this side. */
  public Path folder() {
    return home.resolve(FOLDER);
  }

  /** Puts a file there at once, as those do who write it elsewhere first. */
  public void put(String name, byte[] bytes) throws IOException {
    Path whole = Files.write(home.resolve("." + name + ".part"), bytes);
    Files.move(whole, folder().resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The same with a line for each of these. */
  public void putLines(String name, List<String> lines) throws IOException {
    put(name, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** The names of the regular files in a folder under the one of the files; "" for that itself. */
  public List<String> names(String under) throws IOException {
    Path folder = folder().resolve(under);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> Files.isRegularFile(f, IoUtils.getLinkOptions(false)))
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /** Ends it, with all connections; the files are there again after {@link #restart()}. */
  public void stop() throws IOException {
    server.stop(true);
  }

  /** Starts it again after a stop, at the same port and with the same key. */
  public void restart() throws IOException {
    server = startServer();
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
