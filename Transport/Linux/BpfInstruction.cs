using System.Runtime.InteropServices;

namespace ActorStack.Transport.Linux;

/// <summary>One eBPF instruction (RFC 9669). Registers are 0 to 10; jumps count instructions from the next one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(byte Operation, byte Registers, short Offset, int Immediate)
{
    private const int MapDescriptor = 1;

    public static BpfInstruction LoadMapEnd { get; } = new(0, 0, 0, 0);

    public static BpfInstruction Exit { get; } = new(0x95, 0, 0, 0);

    public static BpfInstruction Move(int to, int from) => new(0xbf, Pack(to, from), 0, 0);

    public static BpfInstruction Set(int to, int value) => new(0xb7, Pack(to, 0), 0, value);

    public static BpfInstruction Add(int to, int value) => new(0x07, Pack(to, 0), 0, value);

    public static BpfInstruction AddRegister(int to, int from) => new(0x0f, Pack(to, from), 0, 0);

    public static BpfInstruction Xor(int to, int from) => new(0xaf, Pack(to, from), 0, 0);

    public static BpfInstruction Multiply(int to, int from) => new(0x2f, Pack(to, from), 0, 0);

    public static BpfInstruction MultiplyBy(int to, int value) => new(0x27, Pack(to, 0), 0, value);

    public static BpfInstruction And(int to, int value) => new(0x57, Pack(to, 0), 0, value);

    public static BpfInstruction ShiftLeftBy(int to, int bits) => new(0x67, Pack(to, 0), 0, bits);

    /// <summary>From the processor's order of bytes; what is above the bits becomes 0.</summary>
    public static BpfInstruction ToBigEndian(int register, int bits) => new(0xdc, Pack(register, 0), 0, bits);

    public static BpfInstruction ShiftLeft(int to, int from) => new(0x6f, Pack(to, from), 0, 0);

    public static BpfInstruction ShiftRight(int to, int bits) => new(0x77, Pack(to, 0), 0, bits);

    public static BpfInstruction Load8(int to, int from, short offset) => new(0x71, Pack(to, from), offset, 0);

    public static BpfInstruction Load16(int to, int from, short offset) => new(0x69, Pack(to, from), offset, 0);

    public static BpfInstruction Load32(int to, int from, short offset) => new(0x61, Pack(to, from), offset, 0);

    public static BpfInstruction Store32(int to, short offset, int from) => new(0x63, Pack(to, from), offset, 0);

    public static BpfInstruction Store64(int to, short offset, int from) => new(0x7b, Pack(to, from), offset, 0);

    /// <summary>The first half of a 64-bit load; <see cref="LoadMapEnd"/> follows.</summary>
    public static BpfInstruction LoadMap(int to, SafeHandle map) =>
        new(0x18, Pack(to, MapDescriptor), 0, (int)map.DangerousGetHandle());

    /// <summary>The first half of a 64-bit load; <see cref="LoadConstantEnd"/> follows.</summary>
    public static BpfInstruction LoadConstant(int to, ulong value) => new(0x18, Pack(to, 0), 0, unchecked((int)value));

    public static BpfInstruction LoadConstantEnd(ulong value) => new(0, 0, 0, (int)(value >> 32));

    public static BpfInstruction JumpIfEqual(int register, int value, short offset) =>
        new(0x15, Pack(register, 0), offset, value);

    public static BpfInstruction JumpUnlessEqual(int register, int value, short offset) =>
        new(0x55, Pack(register, 0), offset, value);

    /// <summary>Unsigned.</summary>
    public static BpfInstruction JumpIfLess(int register, int value, short offset) => new(0xa5, Pack(register, 0), offset, value);

    /// <summary>Unsigned.</summary>
    public static BpfInstruction JumpIfLessThan(int register, int other, short offset) =>
        new(0xad, Pack(register, other), offset, 0);

    public static BpfInstruction Jump(short offset) => new(0x05, 0, offset, 0);

    public static BpfInstruction Call(int helper) => new(0x85, 0, 0, helper);

    private static byte Pack(int destination, int source) => (byte)(destination | source << 4);
}
