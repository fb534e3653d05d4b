using ActorStack.Hosting.Options;
using Microsoft.Extensions.Options;

namespace ActorStack.Hosting;

/// <summary>Checks what can be checked before anything is touched; every message says what to do.</summary>
internal sealed class ActorStackOptionsValidator(IEnumerable<ConnectionHandlerRegistration> handlers)
    : IValidateOptions<ActorStackOptions>
{
    public ValidateOptionsResult Validate(string? name, ActorStackOptions options)
    {
        string[] failures = [.. StackOptionTable.Table.Refuse(options), .. RefuseMtu(options), .. RefusePorts()];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>An MTU that is allowed by itself and too small for an address.</summary>
    private static IEnumerable<string> RefuseMtu(ActorStackOptions options)
    {
        if (options.Mtu is not { } mtu || StackOptionTable.Mtu.Type.Refuse(mtu) is not null) return [];
        var narrowed = StackOptionTable.MtuOf(hasIPv6: options.Addresses.Any(address => address.Contains(':')));
        return narrowed.Refuse(nameof(options.Mtu), mtu) is { } refusal ? [refusal] : [];
    }

    private IEnumerable<string> RefusePorts() =>
        from taken in handlers.GroupBy(handler => handler.Port)
        where taken.Count() > 1
        let names = string.Join(" and ", taken.Select(handler => handler.Name))
        select $"Port {taken.Key} is in use: {names} both want it; give each service a port of its own.";
}
