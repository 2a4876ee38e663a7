package io.millrace.ops.demo;

import io.millrace.ops.demo.generator.Load;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a demo is asked for.
 *
 * @param data the folder of its database, broker and ERP
 * @param port of REST; 0 for any free one
 * @param summary where the outcome is written as JSON, if anywhere
 * @param stay whether it keeps running after the books are closed
 */
public record DemoOptions(Load load, Path data, int port, Optional<Path> summary, boolean stay) {}
