@NullMarked
package io.millrace.processors.usage;

import org.jspecify.annotations.NullMarked;
