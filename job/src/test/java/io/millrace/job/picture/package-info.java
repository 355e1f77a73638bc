@NullMarked
package io.millrace.job.picture;

import org.jspecify.annotations.NullMarked;
