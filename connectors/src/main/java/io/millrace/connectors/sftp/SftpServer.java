package io.millrace.connectors.sftp;

import io.millrace.connectors.files.FoundFile;
import io.millrace.connectors.files.Spool;
import io.millrace.connectors.sftp.SftpSourceOptions.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.loader.KeyPairResourceLoader;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** One connection to a server of files. Belongs to one thread. */
final class SftpServer implements AutoCloseable {
  /** Files of one look at most, the oldest ones; the others wait for the next. */
  static final int MOST_FILES = 1_000;

  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final int HEARTBEATS_MISSED = 3;
  private static final int LONGEST_NAME = 255;
  private static final int BUFFER = 1 << 16;

  private final Folders folders;
  private final SshClient client;
  private final ClientSession session;
  private final SftpClient sftp;

  private SftpServer(Folders folders, SshClient client, ClientSession session, SftpClient sftp) {
    this.folders = folders;
    this.client = client;
    this.session = session;
    this.sftp = sftp;
  }

  /**
   * Connects and logs in.
   *
   * @throws IOException with a message for an operator
   */
  static SftpServer connect(SftpSourceOptions options) throws IOException {
    HostKeys hostKeys = new HostKeys(options.server());
    SshClient client = SshClient.setUpDefaultClient();
    try {
      // Nothing of the account that this process runs under: no keys, no agent, no configuration.
      client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
      client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
      client.setAgentFactory(null);
      client.setServerKeyVerifier(hostKeys);
      client.setNioWorkers(1);
      hostKeys.prefer(client);
      CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
      CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, HEARTBEATS_MISSED);
      client.start();
      ClientSession session = logIn(client, options, hostKeys);
      SftpClient sftp = SftpClientFactory.instance().createSftpClient(session);
      return new SftpServer(options.folders(), client, session, sftp);
    } catch (IOException | RuntimeException e) {
      client.stop();
      throw e;
    }
  }

  private static ClientSession logIn(SshClient client, SftpSourceOptions options, HostKeys hostKeys)
      throws IOException {
    SftpSourceOptions.Login login = options.login();
    ClientSession session =
        client
            .connect(login.user(), options.server().host(), options.server().port())
            .verify(ANSWER)
            .getSession();
    if (login.keyFile().isEmpty()) {
      session.setUserAuthFactoriesNames("password", "keyboard-interactive");
      session.addPasswordIdentity(secret("passwordFile", login.passwordFile()));
    } else {
      session.setUserAuthFactoriesNames("publickey");
      keys(login).forEach(session::addPublicKeyIdentity);
    }
    try {
      session.auth().verify(ANSWER);
      return session;
    } catch (SshException e) {
      String refusal = hostKeys.refusal();
      throw refusal == null ? e : new IOException(refusal, e);
    }
  }

  private static String secret(String option, String file) throws IOException {
    try {
      return Files.readString(Path.of(file)).stripTrailing();
    } catch (IOException e) {
      throw new IOException(option + "=" + file + " can't be read", e);
    }
  }

  private static List<KeyPair> keys(SftpSourceOptions.Login login) throws IOException {
    KeyPairResourceLoader loader = SecurityUtils.getKeyPairResourceParser();
    try {
      List<KeyPair> keys = new ArrayList<>();
      loader
          .loadKeyPairs(
              null,
              Path.of(login.keyFile()),
              login.passphraseFile().isEmpty()
                  ? FilePasswordProvider.EMPTY
                  : FilePasswordProvider.of(secret("passphraseFile", login.passphraseFile())))
          .forEach(keys::add);
      if (!keys.isEmpty()) {
        return keys;
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IOException("keyFile=" + login.keyFile() + " can't be read, or not unlocked", e);
    }
    throw new IOException("keyFile=" + login.keyFile() + " holds no private key");
  }

  boolean isOpen() {
    return session.isOpen() && sftp.isOpen();
  }

  /**
   * Looks at the folder.
   *
   * @param passedOver told of each entry whose name or kind is no file's
   * @return the regular files in it, oldest first, {@link #MOST_FILES} at most
   */
  List<FoundFile> list(Predicate<String> wanted, Runnable passedOver) throws IOException {
    try {
      return look(wanted, passedOver);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private List<FoundFile> look(Predicate<String> wanted, Runnable passedOver) throws IOException {
    TreeSet<FoundFile> found =
        new TreeSet<>(Comparator.comparingLong(FoundFile::modified).thenComparing(FoundFile::path));
    for (SftpClient.DirEntry entry : sftp.readDir(folders.in())) {
      String name = entry.getFilename();
      Attributes attributes = entry.getAttributes();
      if (name.equals(".") || name.equals("..") || attributes.isDirectory()) {
        continue;
      }
      if (!attributes.isRegularFile() || !isName(name)) {
        passedOver.run();
      } else if (wanted.test(name)) {
        found.add(file(Folders.path(folders.in(), name), attributes));
        if (found.size() > MOST_FILES) {
          found.pollLast();
        }
      }
    }
    return List.copyOf(found);
  }

  /** A server may list what it likes: what could lead elsewhere, or be misread, is no name. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_NAME
        && !name.equals(".")
        && !name.equals("..")
        && name.chars()
            .noneMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c) || c == 0xfffd);
  }

  private static FoundFile file(String path, Attributes attributes) {
    return new FoundFile(
        path,
        attributes.getSize(),
        attributes.getModifyTime() == null ? 0 : attributes.getModifyTime().to(TimeUnit.SECONDS));
  }

  /** Whether it still lies there as it was found; a link does not count as what it leads to. */
  boolean isThere(FoundFile file) throws IOException {
    try {
      Attributes now = sftp.lstat(file.path());
      return now.isRegularFile() && file(file.path(), now).equals(file);
    } catch (SftpException e) {
      if (e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Copies a file.
   *
   * @param pulse called now and then while that takes
   * @return whether the copy is the file as it was found; where not, it has changed meanwhile
   */
  boolean fetch(FoundFile file, Spool into, Runnable pulse) throws IOException {
    if (!isThere(file)) {
      return false;
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = sftp.read(file.path())) {
      int n;
      while ((n = in.read(buffer)) >= 0 && into.size() <= file.size()) {
        into.write(buffer, 0, n);
        pulse.run();
      }
    }
    return into.size() == file.size() && isThere(file);
  }

  /**
   * Moves a file away, under its name or, where that is taken, with its row's number behind.
   *
   * @return whether what was moved is the file; where not, another has taken its place and lies
   *     there again
   */
  boolean move(FoundFile file, String folder, long id) throws IOException {
    if (!isThere(file)) {
      return false;
    }
    makeSure(folder);
    String name = file.path().substring(file.path().lastIndexOf('/') + 1);
    String to = Folders.path(folder, name);
    if (exists(to)) {
      to = to + '.' + id;
    }
    sftp.rename(file.path(), to);
    Attributes moved = sftp.lstat(to);
    if (file(file.path(), moved).equals(file)) {
      return true;
    }
    if (!exists(file.path())) {
      sftp.rename(to, file.path());
    }
    return false;
  }

  private boolean exists(String path) throws IOException {
    try {
      sftp.lstat(path);
      return true;
    } catch (SftpException e) {
      if (e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE) {
        return false;
      }
      throw e;
    }
  }

  private void makeSure(String folder) throws IOException {
    if (!exists(folder)) {
      sftp.mkdir(folder);
    }
  }

  @Override
  public void close() {
    try {
      sftp.close();
      session.close();
    } catch (IOException e) {
      // It has ended already.
    } finally {
      client.stop();
    }
  }
}
