@NullMarked
package io.millrace.processors.trial;

import org.jspecify.annotations.NullMarked;
