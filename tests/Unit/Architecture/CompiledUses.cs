using System.Collections.Concurrent;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Harbor.Unit.Architecture;

/// <summary>Which types a compiled type uses: base types, attributes, signatures, and every instruction of every body.</summary>
/// <remarks>
/// Closures, iterators and async bodies are nested types to the compiler, so nothing hides in them. What the compiler leaves no
/// trace of cannot be seen: constants, <c>nameof</c>, and enum values that only pass through as numbers.
/// </remarks>
internal static class CompiledUses
{
    private static readonly ConcurrentDictionary<ModuleDefinition, IReadOnlyList<(TypeDefinition User, TypeReference Used)>> Known = [];

    public static IReadOnlyList<(TypeDefinition User, TypeReference Used)> Of(ModuleDefinition module) => Known.GetOrAdd(module, Read);

    private static IReadOnlyList<(TypeDefinition User, TypeReference Used)> Read(ModuleDefinition module) =>
    [
        .. from user in module.GetTypes()
           from named in OfType(user).Distinct()
           from used in Parts(named)
           select (user, used),
    ];

    private static IEnumerable<TypeReference?> OfType(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. OfAttributes(type),
        .. type.Interfaces.SelectMany(OfAttributes),
        .. type.GenericParameters.SelectMany(OfGenericParameter),
        .. type.Fields.SelectMany(field => (TypeReference?[])[field.FieldType, .. OfAttributes(field)]),
        .. type.Properties.SelectMany(OfAttributes),
        .. type.Events.SelectMany(OfAttributes),
        .. type.Methods.SelectMany(OfMethod),
    ];

    private static IEnumerable<TypeReference?> OfMethod(MethodDefinition method) =>
    [
        .. OfSignature(method),
        .. OfAttributes(method),
        .. OfAttributes(method.MethodReturnType),
        .. method.Parameters.SelectMany(OfAttributes),
        .. method.GenericParameters.SelectMany(OfGenericParameter),
        .. method.Overrides.SelectMany(OfSignature),
        .. method.HasBody ? OfBody(method.Body) : [],
    ];

    private static IEnumerable<TypeReference?> OfBody(MethodBody body) =>
    [
        .. body.Variables.Select(variable => variable.VariableType),
        .. body.ExceptionHandlers.Select(handler => handler.CatchType),
        .. body.Instructions.SelectMany(instruction => OfOperand(instruction.Operand)),
    ];

    private static IEnumerable<TypeReference?> OfOperand(object? operand) => operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method => OfSignature(method),
        CallSite site => [site.ReturnType, .. site.Parameters.Select(parameter => parameter.ParameterType)],
        _ => [],
    };

    private static IEnumerable<TypeReference?> OfSignature(MethodReference method) =>
    [
        method.DeclaringType,
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
    ];

    private static IEnumerable<TypeReference?> OfGenericParameter(GenericParameter parameter) =>
        [.. parameter.Constraints.Select(constraint => constraint.ConstraintType), .. OfAttributes(parameter)];

    private static IEnumerable<TypeReference?> OfAttributes(ICustomAttributeProvider owner) =>
        owner.CustomAttributes.SelectMany(attribute => (IEnumerable<TypeReference?>)
        [
            attribute.AttributeType,
            .. attribute.ConstructorArguments.SelectMany(OfArgument),
            .. attribute.Properties.Concat(attribute.Fields).SelectMany(named => OfArgument(named.Argument)),
        ]);

    private static IEnumerable<TypeReference?> OfArgument(CustomAttributeArgument argument) => argument.Value switch
    {
        TypeReference type => [argument.Type, type],
        CustomAttributeArgument boxed => OfArgument(boxed),
        CustomAttributeArgument[] several => several.SelectMany(OfArgument),
        _ => [argument.Type],
    };

    /// <summary>The named types that a type is made of: <c>Dictionary&lt;A, B[]&gt;</c> is made of three.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        IModifierType modified => [.. Parts(modified.ModifierType), .. Parts(modified.ElementType)],
        FunctionPointerType pointer => [.. Parts(pointer.ReturnType), .. pointer.Parameters.SelectMany(p => Parts(p.ParameterType))],
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };
}
