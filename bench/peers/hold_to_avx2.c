/* Preloaded into a peer, hides from it what the processor has beyond AVX2: for libraries without a switch of their own.
 *
 * The kernel can make CPUID fault (arch_prctl, Linux on processors with cpuid_fault); the handler answers in its place.
 * HELD_TO_AVX2=1 appears in the environment where that worked. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { ARCH_SET_CPUID = 0x1012 };

static long allow_cpuid(int allowed) { return syscall(SYS_arch_prctl, ARCH_SET_CPUID, allowed); }

#define BIT(n) (1U << (n))

static void hide(unsigned leaf, unsigned subleaf, unsigned* a, unsigned* b, unsigned* c, unsigned* d) {
  if (leaf == 7 && subleaf == 0) {
    /* AVX-512 F DQ IFMA PF ER CD BW VL; VBMI VBMI2 VNNI BITALG VPOPCNTDQ; 4VNNIW 4FMAPS VP2INTERSECT, AMX, FP16 */
    *b &= ~(BIT(16) | BIT(17) | BIT(21) | BIT(26) | BIT(27) | BIT(28) | BIT(30) | BIT(31));
    *c &= ~(BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14));
    *d &= ~(BIT(2) | BIT(3) | BIT(8) | BIT(22) | BIT(23) | BIT(24) | BIT(25));
  } else if (leaf == 7 && subleaf == 1) {
    /* AVX-VNNI, AVX-512 BF16, AMX FP16, AVX-IFMA; AVX-VNNI-INT8, NE-CONVERT, AMX COMPLEX, AVX-VNNI-INT16, AVX10 */
    *a &= ~(BIT(4) | BIT(5) | BIT(21) | BIT(23));
    *d &= ~(BIT(4) | BIT(5) | BIT(8) | BIT(10) | BIT(19));
  } else if (leaf == 0x1D || leaf == 0x1E || leaf == 0x24) { /* AMX tiles and multipliers, AVX10 */
    *a = *b = *c = *d = 0;
  }
}

static void answer(int number, siginfo_t* info, void* context) {
  greg_t* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
  const unsigned char* at = (const unsigned char*)registers[REG_RIP];
  (void)info;
  if (at[0] != 0x0F || at[1] != 0xA2) { /* a fault of another kind: let it happen */
    signal(number, SIG_DFL);
    return;
  }
  const unsigned leaf = (unsigned)registers[REG_RAX], subleaf = (unsigned)registers[REG_RCX];
  unsigned a, b, c, d;
  allow_cpuid(1);
  __cpuid_count(leaf, subleaf, a, b, c, d);
  allow_cpuid(0);
  hide(leaf, subleaf, &a, &b, &c, &d);
  registers[REG_RAX] = a;
  registers[REG_RBX] = b;
  registers[REG_RCX] = c;
  registers[REG_RDX] = d;
  registers[REG_RIP] += 2;
}

__attribute__((constructor)) static void hold(void) {
  struct sigaction action = {.sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER};
  if (sigaction(SIGSEGV, &action, NULL) == 0 && allow_cpuid(0) == 0) setenv("HELD_TO_AVX2", "1", 1);
}
