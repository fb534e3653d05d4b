using ActorStack.Transport.Linux;
using ActorStack.Transport.Wire;
using Microsoft.Win32.SafeHandles;

namespace ActorStack.Transport.Links;

/// <summary>
/// The program that brings the packets of a TUN device to the queues of their flows: <see cref="FlowSpread.IndexOf"/> in BPF.
/// Whatever is not plainly a TCP segment, fragments too, goes to the first queue.
/// </summary>
internal static class TunSteering
{
    private const int LoadBytesRelative = 68;
    private const int NetworkHeader = 1;

    /// <summary>Where in the stack's frame the bytes are that were loaded last.</summary>
    private const short Loaded = -40;

    /// <summary>More-fragments and the offset, as the two bytes are read by a little-endian processor.</summary>
    private const int FragmentBits = 0xff3f;

    /// <summary>A jump to the end, which takes the first queue; the distance is filled in when all is put together.</summary>
    private const short ToFirstQueue = short.MaxValue;

    /// <summary>Loads the program. Throws <see cref="LinuxException"/> where BPF is not permitted.</summary>
    public static SafeFileHandle Load(FlowSpread spread) => Bpf.LoadSocketFilter(Program(spread));

    // Register 6: the packet, 7: the sum of the hash, 9: where the TCP header begins.
    private static BpfInstruction[] Program(FlowSpread spread)
    {
        BpfInstruction[] ipv6 = IPv6(spread);
        BpfInstruction[] ipv4 = [.. IPv4(spread), BpfInstruction.Jump((short)ipv6.Length)];
        BpfInstruction[] version =
        [
            BpfInstruction.Move(6, from: 1),
            BpfInstruction.Set(7, 0),
            BpfInstruction.Set(9, 0),
            .. LoadBytes(IPv4Layout.Length),
            BpfInstruction.Load8(2, from: 10, Loaded),
            BpfInstruction.ShiftRight(2, 4),
            BpfInstruction.JumpIfEqual(2, 6, (short)(ipv4.Length + 1)),
            BpfInstruction.JumpUnlessEqual(2, 4, ToFirstQueue),
        ];
        return WithJumps([.. version, .. ipv4, .. ipv6, .. Ports(spread), BpfInstruction.Set(0, 0), BpfInstruction.Exit]);
    }

    private static BpfInstruction[] IPv4(FlowSpread spread) =>
    [
        BpfInstruction.Load8(2, from: 10, Loaded + IPv4Layout.Protocol),
        BpfInstruction.JumpUnlessEqual(2, IpProtocol.Tcp, ToFirstQueue),
        BpfInstruction.Load16(2, from: 10, Loaded + IPv4Layout.Fragment),
        BpfInstruction.And(2, FragmentBits),
        BpfInstruction.JumpUnlessEqual(2, 0, ToFirstQueue),
        .. AddWords(Loaded + IPv4Layout.Source, Loaded + IPv4Layout.Destination, spread.Factors[FlowSpread.AddressWords - 1]),
        BpfInstruction.Load8(9, from: 10, Loaded),
        BpfInstruction.And(9, 0xf),
        BpfInstruction.ShiftLeftBy(9, 2),
    ];

    private static BpfInstruction[] IPv6(FlowSpread spread) =>
    [
        BpfInstruction.Load8(2, from: 10, Loaded + IPv6Layout.NextHeader),
        BpfInstruction.JumpUnlessEqual(2, IpProtocol.Tcp, ToFirstQueue),
        BpfInstruction.Set(9, IPv6Layout.Source),
        .. LoadBytes(2 * AddressBytes),
        .. Enumerable.Range(0, FlowSpread.AddressWords).SelectMany(word => AddWords(
            (short)(Loaded + sizeof(uint) * word), (short)(Loaded + AddressBytes + sizeof(uint) * word), spread.Factors[word])),
        BpfInstruction.Set(9, IPv6Layout.Length),
    ];

    private const int AddressBytes = 16;

    // sum = (sum ^ (sum >> 32)) * factor; queue = ((sum >> 32) * count) >> 32
    private static BpfInstruction[] Ports(FlowSpread spread) =>
    [
        .. LoadBytes(sizeof(uint)),
        BpfInstruction.Load16(2, from: 10, Loaded),
        BpfInstruction.Load16(3, from: 10, Loaded + sizeof(ushort)),
        BpfInstruction.Xor(2, 3),
        BpfInstruction.ToBigEndian(2, bits: 16),
        .. AddProduct(spread.Factors[FlowSpread.AddressWords]),
        BpfInstruction.Move(2, from: 7),
        BpfInstruction.ShiftRight(2, 32),
        BpfInstruction.Xor(2, 7),
        BpfInstruction.Set(7, 0),
        .. AddProduct(spread.Factors[FlowSpread.AddressWords + 1]),
        BpfInstruction.Move(0, from: 7),
        BpfInstruction.ShiftRight(0, 32),
        BpfInstruction.MultiplyBy(0, spread.Count),
        BpfInstruction.ShiftRight(0, 32),
        BpfInstruction.Exit,
    ];

    /// <summary>Loads bytes of the packet from where register 9 says.</summary>
    private static BpfInstruction[] LoadBytes(int count) =>
    [
        BpfInstruction.Move(1, from: 6),
        BpfInstruction.Move(2, from: 9),
        BpfInstruction.Move(3, from: 10),
        BpfInstruction.Add(3, Loaded),
        BpfInstruction.Set(4, count),
        BpfInstruction.Set(5, NetworkHeader),
        BpfInstruction.Call(LoadBytesRelative),
        BpfInstruction.JumpUnlessEqual(0, 0, ToFirstQueue),
    ];

    private static BpfInstruction[] AddWords(short source, short destination, ulong factor) =>
    [
        BpfInstruction.Load32(2, from: 10, source),
        BpfInstruction.Load32(3, from: 10, destination),
        BpfInstruction.Xor(2, 3),
        BpfInstruction.ToBigEndian(2, bits: 32),
        .. AddProduct(factor),
    ];

    /// <summary>Adds register 2, times the factor, to the sum.</summary>
    private static BpfInstruction[] AddProduct(ulong factor) =>
    [
        BpfInstruction.LoadConstant(3, factor),
        BpfInstruction.LoadConstantEnd(factor),
        BpfInstruction.Multiply(2, 3),
        BpfInstruction.AddRegister(7, 2),
    ];

    private static BpfInstruction[] WithJumps(BpfInstruction[] program)
    {
        for (var i = 0; i < program.Length; i++)
        {
            if (program[i].Offset == ToFirstQueue) program[i] = program[i] with { Offset = (short)(program.Length - 2 - i - 1) };
        }

        return program;
    }
}
