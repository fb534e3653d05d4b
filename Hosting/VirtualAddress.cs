using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorStack.Hosting;

/// <summary>An address as the options write it, with or without a prefix length.</summary>
internal readonly record struct VirtualAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>The prefix length of a single address.</summary>
    public int LongestPrefix => Address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    public static bool TryParse(string text, out VirtualAddress result)
    {
        result = default;
        var slash = text.IndexOf('/');
        var addressText = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(addressText, out var address) || address.IsIPv4MappedToIPv6) return false;

        // IPAddress.Parse would also accept "10" or "0x0a090001".
        if (address.AddressFamily == AddressFamily.InterNetwork && addressText.Count(c => c == '.') != 3) return false;

        result = new VirtualAddress(address, 0);
        result = result with { PrefixLength = result.LongestPrefix };
        if (slash < 0) return true;

        var isNumber = int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length);
        result = result with { PrefixLength = length };
        return isNumber && length <= result.LongestPrefix;
    }

    public static VirtualAddress Parse(string text) =>
        TryParse(text, out var result) ? result : throw new FormatException($"'{text}' is not an address with prefix length.");

    public override string ToString() => $"{Address}/{PrefixLength}";
}
