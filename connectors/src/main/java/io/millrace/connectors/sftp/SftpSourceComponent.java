package io.millrace.connectors.sftp;

import io.millrace.connectors.files.FileFormat;
import io.millrace.connectors.files.FileLimits;
import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.source.OptionRange;
import io.millrace.connectors.source.SourceRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code sftp:host:port}: reads the files of a folder, a line an event, and moves each away when
 * all its lines are committed. Its options:
 *
 * <ul>
 *   <li>{@code folder}: where the files lie; required
 *   <li>{@code knownHosts}: the file with the server's host key, as OpenSSH writes it; required
 *   <li>{@code user}, and {@code passwordFile} or {@code keyFile} with its {@code passphraseFile}
 *   <li>{@code source}: its name; the route's id where it is absent
 *   <li>{@code names}: which files, as {@code *.csv,*.jsonl.gz}; all where it is absent
 *   <li>{@code done}, {@code failed}: where files go, in {@code folder}; done, failed
 *   <li>{@code header}: whether the first line names the columns; false
 *   <li>{@code trailer}: what the last line begins with, before the count of the lines of usage;
 *       none where it is absent
 *   <li>{@code settle}: milliseconds that a file must not have changed before it is read; 5,000
 *   <li>{@code poll}: milliseconds between two looks at the folder; 5,000
 *   <li>{@code consumersCount}: files that are read at once, 1 to 16; 2 where absent
 *   <li>{@code leastConsumers}: of them where there is little to do; 1
 *   <li>{@code leastInFlight}: as {@code inFlight}, where there is little to do; a sixteenth of it
 *   <li>{@code inFlight}: lines of one of them that wait for their commit; 32,768
 *   <li>{@code mostBytes}, {@code mostUnpacked}, {@code mostRatio}, {@code longestLine}: what a
 *       file may ask for; see {@link FileLimits}
 *   <li>{@code spool}: the folder on this node for copies; the system's for temporary files
 *   <li>{@code drainTimeout}: milliseconds that a stop waits for what is in flight; 5,000
 * </ul>
 */
@Component(SftpSourceComponent.SCHEME)
public final class SftpSourceComponent extends DefaultComponent {
  /** The scheme that routes name. */
  public static final String SCHEME = "sftp";

  private static final long PAUSE_MILLIS = 5_000;

  private final SourceFiles files;
  private final SourceRegistry sources;

  private SftpSourceComponent(CamelContext context, SourceFiles files, SourceRegistry sources) {
    super(context);
    this.files = files;
    this.sources = sources;
  }

  /**
   * Makes {@code sftp:} ours in this context; before any route is added.
   *
   * @param files who reads which file
   * @param sources where its sources can be found while they run
   */
  public static SftpSourceComponent install(
      CamelContext context, SourceFiles files, SourceRegistry sources) {
    SftpSourceComponent component = new SftpSourceComponent(context, files, sources);
    context.addComponent(SCHEME, component);
    return component;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String address, Map<String, Object> parameters)
      throws Exception {
    int inFlight = Math.toIntExact(number(parameters, "inFlight", SftpSourceOptions.IN_FLIGHT));
    FileLimits usual = FileLimits.USUAL;
    SftpSourceOptions options =
        new SftpSourceOptions(
            text(parameters, "source", ""),
            SftpSourceOptions.Server.of(address, text(parameters, "knownHosts", "")),
            new SftpSourceOptions.Login(
                text(parameters, "user", ""),
                text(parameters, "passwordFile", ""),
                text(parameters, "keyFile", ""),
                text(parameters, "passphraseFile", "")),
            new SftpSourceOptions.Folders(
                text(parameters, "folder", ""),
                text(parameters, "done", "done"),
                text(parameters, "failed", "failed")),
            SftpSourceOptions.names(text(parameters, "names", "*")),
            new FileFormat(
                getAndRemoveParameter(parameters, "header", Boolean.class, false),
                text(parameters, "trailer", "")),
            new FileLimits(
                number(parameters, "mostBytes", usual.bytes()),
                number(parameters, "mostUnpacked", usual.unpacked()),
                Math.toIntExact(number(parameters, "mostRatio", usual.ratio())),
                Math.toIntExact(number(parameters, "longestLine", usual.lineBytes()))),
            Math.toIntExact(number(parameters, "consumersCount", 2)),
            Math.toIntExact(number(parameters, "leastConsumers", 1)),
            Math.toIntExact(
                number(parameters, "leastInFlight", OptionRange.leastInFlight(inFlight))),
            inFlight,
            new SftpSourceOptions.Times(
                number(parameters, "poll", PAUSE_MILLIS),
                number(parameters, "settle", PAUSE_MILLIS),
                number(parameters, "drainTimeout", PAUSE_MILLIS)),
            spool(text(parameters, "spool", "")));
    return new SftpSourceEndpoint(uri, this, options, files, sources);
  }

  private static Path spool(String said) {
    return Path.of(said.isEmpty() ? System.getProperty("java.io.tmpdir") : said);
  }

  private String text(Map<String, Object> parameters, String name, String otherwise) {
    return getAndRemoveParameter(parameters, name, String.class, otherwise);
  }

  private long number(Map<String, Object> parameters, String name, long otherwise) {
    return getAndRemoveParameter(parameters, name, Long.class, otherwise);
  }
}
