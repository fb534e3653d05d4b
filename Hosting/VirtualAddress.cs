using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorStack.Hosting;

/// <summary>An address of the stack with the length of the prefix that is routed to it. Unlike a network, host bits may be set.</summary>
internal readonly record struct VirtualAddress(IPAddress Address, int PrefixLength)
{
    public static bool TryParse(string text, out VirtualAddress result)
    {
        result = default;
        var slash = text.IndexOf('/');
        var addressText = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(addressText, out var address) || address.IsIPv4MappedToIPv6) return false;

        // The framework also takes "10" or "0x0a090001" for addresses.
        if (address.AddressFamily == AddressFamily.InterNetwork && addressText.Count(c => c == '.') != 3) return false;

        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = longest;
        if (slash >= 0 && !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length)) return false;
        if (length > longest) return false;

        result = new VirtualAddress(address, length);
        return true;
    }

    public static VirtualAddress Parse(string text) =>
        TryParse(text, out var result) ? result : throw new FormatException($"'{text}' is not an address with prefix length.");

    public override string ToString() => $"{Address}/{PrefixLength}";
}
