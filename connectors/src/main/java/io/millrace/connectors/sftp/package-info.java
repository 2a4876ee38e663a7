/**
 * SFTP as a source, by Apache MINA's client: a file is claimed in the database, copied whole,
 * checked, handed in line by line, and moved away on its server last.
 */
@NullMarked
package io.millrace.connectors.sftp;

import org.jspecify.annotations.NullMarked;
