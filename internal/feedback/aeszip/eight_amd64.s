//go:build !purego

#include "textflag.h"

// func encryptEight(rounds int, keys *byte, data *byte, groups int)
//
// Encrypts groups of eight blocks in place. The AES instructions take several
// cycles each but can be started every cycle or two: eight blocks at a time
// keep them busy.
TEXT ·encryptEight(SB), NOSPLIT, $0-32
	MOVQ rounds+0(FP), CX
	MOVQ keys+8(FP), AX
	MOVQ data+16(FP), DX
	MOVQ groups+24(FP), BX
	SUBQ $1, CX

group:
	MOVUPS (AX), X8
	MOVUPS 0(DX), X0
	MOVUPS 16(DX), X1
	MOVUPS 32(DX), X2
	MOVUPS 48(DX), X3
	MOVUPS 64(DX), X4
	MOVUPS 80(DX), X5
	MOVUPS 96(DX), X6
	MOVUPS 112(DX), X7
	PXOR X8, X0
	PXOR X8, X1
	PXOR X8, X2
	PXOR X8, X3
	PXOR X8, X4
	PXOR X8, X5
	PXOR X8, X6
	PXOR X8, X7
	LEAQ 16(AX), SI
	MOVQ CX, DI

round:
	MOVUPS (SI), X8
	AESENC X8, X0
	AESENC X8, X1
	AESENC X8, X2
	AESENC X8, X3
	AESENC X8, X4
	AESENC X8, X5
	AESENC X8, X6
	AESENC X8, X7
	ADDQ $16, SI
	SUBQ $1, DI
	JNZ round
	MOVUPS (SI), X8
	AESENCLAST X8, X0
	AESENCLAST X8, X1
	AESENCLAST X8, X2
	AESENCLAST X8, X3
	AESENCLAST X8, X4
	AESENCLAST X8, X5
	AESENCLAST X8, X6
	AESENCLAST X8, X7
	MOVUPS X0, 0(DX)
	MOVUPS X1, 16(DX)
	MOVUPS X2, 32(DX)
	MOVUPS X3, 48(DX)
	MOVUPS X4, 64(DX)
	MOVUPS X5, 80(DX)
	MOVUPS X6, 96(DX)
	MOVUPS X7, 112(DX)
	ADDQ $128, DX
	SUBQ $1, BX
	JNZ group
	RET
