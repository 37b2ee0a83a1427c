#ifndef CAISSON_MEASURED_H
#define CAISSON_MEASURED_H

/* What the first stage hands over, in the first register: the TPM is started, and holds what is started now. */
#define MEASURED UINT64_C(0x6361697373756e31)

#endif
