@NullMarked
package io.millrace.model.snapshot;

import org.jspecify.annotations.NullMarked;
